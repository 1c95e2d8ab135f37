// Which neighbour entries are to be changed.
import { expect, it } from 'vitest';
import { neighbourCommands } from './neighbours.ts';

const present =
  '10.1.0.9 lladdr 06:00:00:00:01:00 PERMANENT\n10.1.0.8 lladdr 06:00:00:00:02:00 PERMANENT\n10.1.0.7 lladdr 06:00:00:00:03:00 PERMANENT\n';

it('removes strangers, adds what is missing, corrects what is wrong and leaves the rest', () => {
  const guests = [
    { ip: '10.1.0.9', mac: '06:00:00:00:01:00' },
    { ip: '10.1.0.8', mac: '06:00:00:00:09:00' },
    { ip: '10.1.0.5', mac: '06:00:00:00:05:00' },
  ];
  expect(neighbourCommands(present, guests)).toEqual([
    'neigh del 10.1.0.7 dev guest',
    'neigh replace 10.1.0.8 lladdr 06:00:00:00:09:00 dev guest nud permanent',
    'neigh replace 10.1.0.5 lladdr 06:00:00:00:05:00 dev guest nud permanent',
  ]);
  expect(neighbourCommands(present, [])).toHaveLength(3);
  expect(neighbourCommands('', [])).toEqual([]);
});
