// Which errors of the database are the caller's to mend.
import { expect, it } from 'vitest';
import { unstorable } from './unstorable.ts';

const failed = (errno: number, message: string) => Object.assign(new Error(message), { errno });

it('names what cannot be kept, also through the words that others added', () => {
  const error = failed(1366, "Incorrect string value: '\\xC3' for column `cloud`.`physical_network`.`network_speed` at row 1");
  expect(unstorable(new Error('while creating it', { cause: error }))).toMatchObject({
    kind: 'invalid',
    message: expect.stringContaining('the value for network speed is too long') as string,
  });
  expect(unstorable(failed(1406, "Data too long for column 'name' at row 1"))?.message).toContain('the value for name');
  expect(unstorable(failed(1267, 'Illegal mix of collations'))?.message).toMatch(/^a value is too long/);
});

it('leaves defects what they are', () => {
  for (const error of [
    failed(1064, 'You have an error in your SQL syntax'),
    failed(1054, "Unknown column 'x'"),
    new Error('x'),
    'x',
    undefined,
  ])
    expect(unstorable(error)).toBeUndefined();
});
