// From groups to what a host lets through: exact cases, and properties over random rules.
import { describe, expect, it } from 'vitest';
import { parseIpv4, rangeContains } from '../network/ipv4.ts';
import { compileGuestFilter, type FilteredCard, type GroupRule, mergeRanges } from './guest-filter.ts';

const ip = (text: string) => parseIpv4(text, 'ip');
const card: FilteredCard = { tap: 'sgt1-0', mac: '06:00:00:00:00:0A', ips: [ip('10.1.0.10')], routers: [ip('10.1.0.2')], rules: [] };
const rule = (change: Partial<GroupRule> = {}): GroupRule => ({
  direction: 'ingress',
  protocol: 'tcp',
  startPort: 22,
  endPort: 22,
  icmpType: null,
  icmpCode: null,
  cidr: '0.0.0.0/0',
  members: null,
  ...change,
});
const everywhere = [{ start: 0, end: 0xffffffff }];

describe('a card', () => {
  it('N16 of groups without rules lets nobody in and its guest out', () => {
    expect(compileGuestFilter(card)).toEqual({
      tap: 'sgt1-0',
      mac: '06:00:00:00:00:0a',
      ips: [ip('10.1.0.10')],
      routers: [ip('10.1.0.2')],
      ingress: [],
      egress: [{ protocol: null, ports: null, icmp: null, peers: everywhere }],
    });
  });

  it('without security groups is guarded in its identity only', () => {
    const { ingress, egress, ips } = compileGuestFilter({ ...card, rules: null });
    expect(ingress).toEqual(egress);
    expect(ingress[0]!.peers).toEqual(everywhere);
    expect(ips).toEqual([ip('10.1.0.10')]);
  });

  it('lets only those out that a rule allows, once there is one, even when it allows nobody', () => {
    const { egress } = compileGuestFilter({ ...card, rules: [rule({ direction: 'egress', cidr: null, members: [] })] });
    expect(egress).toEqual([]);
  });

  it('takes rules of the same traffic together and leaves out groups without members', () => {
    const rules = [
      rule({ cidr: '10.0.0.0/24' }),
      rule({ cidr: null, members: [ip('10.0.1.0'), ip('192.168.0.9')] }),
      rule({ startPort: 80, endPort: 90, cidr: null, members: [] }),
      rule({ protocol: 'icmp', startPort: null, endPort: null, icmpType: 8, icmpCode: -1 }),
    ];
    expect(compileGuestFilter({ ...card, rules }).ingress).toEqual([
      { protocol: 1, ports: null, icmp: { type: 8, code: null }, peers: everywhere },
      {
        protocol: 6,
        ports: { start: 22, end: 22 },
        icmp: null,
        peers: [
          { start: ip('10.0.0.0'), end: ip('10.0.1.0') },
          { start: ip('192.168.0.9'), end: ip('192.168.0.9') },
        ],
      },
    ]);
  });
});

describe('properties', () => {
  /** A small linear congruential generator, so that a failure can be repeated (Numerical Recipes, section 7.1). */
  function random(seed: number): (below: number) => number {
    let state = seed;
    return (below) => {
      state = (state * 1_664_525 + 1_013_904_223) >>> 0;
      return state % below;
    };
  }

  it.each(Array.from({ length: 40 }, (_, seed) => seed))('merged ranges hold the same addresses, apart and in order (seed %d)', (seed) => {
    const next = random(seed);
    const ranges = Array.from({ length: 1 + next(12) }, () => {
      const start = next(200);
      return { start, end: start + next(20) };
    });
    const merged = mergeRanges(ranges);
    for (let address = 0; address <= 230; address += 1)
      expect(merged.filter((range) => rangeContains(range, address))).toHaveLength(
        ranges.some((range) => rangeContains(range, address)) ? 1 : 0,
      );
    for (const [at, range] of merged.slice(1).entries()) expect(range.start).toBeGreaterThan(merged[at]!.end + 1);
  });

  it.each(Array.from({ length: 20 }, (_, seed) => seed))('the order of rules does not matter (seed %d)', (seed) => {
    const next = random(seed);
    const rules = Array.from({ length: 12 }, () =>
      rule({
        direction: next(2) === 0 ? 'ingress' : 'egress',
        protocol: next(2) === 0 ? 'tcp' : 'udp',
        startPort: next(3),
        endPort: 3 + next(3),
        ...(next(2) === 0 ? { cidr: `10.${next(4)}.0.0/16` } : { cidr: null, members: [next(50), next(50)] }),
      }),
    );
    const shuffled = rules.map((value) => ({ value, at: next(1_000) })).sort((a, b) => a.at - b.at);
    expect(compileGuestFilter({ ...card, rules: shuffled.map(({ value }) => value) })).toEqual(compileGuestFilter({ ...card, rules }));
  });
});
