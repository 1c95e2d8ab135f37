// I9: what verify says about filters and cards on hosts.
import { describe, expect, it } from 'vitest';
import { adviceOn } from './advice.ts';
import { compareFilters, type HostFilters } from './compare-filters.ts';

const card = { tap: 'sgt5-0', machine: 'i-2-5-VM', bridge: 'cloudbr0', digest: 'd' };
const host = (change: Partial<HostFilters>): HostFilters => ({
  host: 'kvm1',
  expected: [card],
  filters: [{ tap: card.tap, digest: 'd' }],
  ports: [
    { bridge: 'cloudbr0', port: 'eth0' },
    { bridge: 'cloudbr0', port: card.tap },
  ],
  busy: new Set(),
  ...change,
});
const seen = (change: Partial<HostFilters>) => compareFilters([host(change)]).map(({ check, found }) => `${check}: ${found}`);

describe('a host', () => {
  it('that agrees has no difference, whatever else hangs on its bridges', () => {
    expect(seen({})).toEqual([]);
    expect(seen({ expected: [], filters: [], ports: [{ bridge: 'cloudbr0', port: 'vnet3' }] })).toEqual([]);
  });

  it.each<[Partial<HostFilters>, string]>([
    [{ filters: [] }, 'I9.filters: not loaded'],
    [{ filters: [{ tap: card.tap, digest: undefined }] }, 'I9.filters: changed by somebody else'],
    [{ filters: [{ tap: card.tap, digest: 'other' }] }, 'I9.filters: of other rules'],
    [
      {
        filters: [
          { tap: card.tap, digest: 'd' },
          { tap: 'sgt9-0', digest: 'd' },
        ],
      },
      'I9.filters: loaded, and no machine there has this card',
    ],
    [{ ports: [] }, 'I9.cards: on no bridge'],
    [{ ports: [{ bridge: 'cloudbr1', port: card.tap }] }, 'I9.cards: on bridge cloudbr1'],
    [
      { ports: [...host({}).ports, { bridge: 'cloudbr0', port: 'sgt9-0' }] },
      'I9.cards: on bridge cloudbr0, and no machine there has this card',
    ],
  ])('%j is told', (change, difference) => {
    expect(seen(change)).toEqual([difference]);
    expect(adviceOn(compareFilters([host(change)])[0]!).title).not.toMatch(/^I9/);
  });

  it('may have anything for machines that jobs work on', () => {
    expect(seen({ filters: [], ports: [], busy: new Set([card.tap]) })).toEqual([]);
    expect(seen({ filters: [...host({}).filters, { tap: 'sgt9-0', digest: 'x' }], busy: new Set(['sgt9-0']) })).toEqual([]);
  });
});
