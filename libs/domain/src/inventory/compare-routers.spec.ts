// I11: what verify says about the entries of routers.
import { expect, it } from 'vitest';
import { adviceOn } from './advice.ts';
import { compareRouters, type RouterEntries } from './compare-routers.ts';

const mac = '06:00:00:00:05:00';
const seen = (change: Partial<RouterEntries>) =>
  compareRouters([
    { router: 'r-1-VM', expected: [{ mac, machine: 'web1', digest: 'd' }], found: [{ mac, digest: 'd' }], busy: new Set(), ...change },
  ]);

it('has nothing to say about routers that agree, or about machines on their way', () => {
  expect(seen({})).toEqual([]);
  expect(seen({ found: [], busy: new Set([mac]) })).toEqual([]);
  expect(seen({ expected: [], busy: new Set([mac]) })).toEqual([]);
});

it.each<[Partial<RouterEntries>, string]>([
  [{ found: [] }, 'missing'],
  [{ found: [{ mac, digest: null }] }, 'missing'],
  [{ found: [{ mac, digest: 'old' }] }, 'of other content'],
  [{ expected: [] }, 'there, and no machine of its pod has this card'],
])('tells %o', (change, found) => {
  const differences = seen(change);
  expect(differences.map((difference) => difference.found)).toEqual([found]);
  expect(adviceOn(differences[0]!).title).toBe('Guest of a virtual router');
});
