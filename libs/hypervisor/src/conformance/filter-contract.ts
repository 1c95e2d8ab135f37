// Contract of the filters at guests' cards: what is loaded, replaced, told and taken away. What they let through is proven with frames in the lab.
import { guestTapName, guestTapPrefixOf } from '@strata/domain';
import { afterAll, describe, expect, it } from 'vitest';
import { guestFilterDigest } from '../guest-filter-digest.ts';
import type { GuestFilterReport, GuestFilterSpec } from '../specs.ts';
import { expectFailure, type Stage } from './rig.ts';

/** Numbers that no machine of a test has. */
const [one, other] = [2_000_000_001, 2_000_000_002] as const;
const everybody = [{ start: 0, end: 0xffffffff }];

export function filterContract(stage: () => Stage): void {
  const filterOf = (vmId: number, change: Partial<GuestFilterSpec> = {}): GuestFilterSpec => ({
    tap: guestTapName(vmId, 0),
    bridge: stage().rig.bridge,
    mac: '06:00:77:35:94:01',
    ips: [0x0a630064],
    routers: [],
    ingress: [],
    egress: [{ protocol: null, ports: null, icmp: null, peers: everybody }],
    ...change,
  });
  const reported = async (): Promise<GuestFilterReport[]> => {
    const { driver, hosts } = stage().rig;
    const own = [guestTapPrefixOf(one), guestTapPrefixOf(other)];
    const reports = await driver.filters.list(hosts[0]);
    return reports.filter(({ tap }) => own.some((prefix) => tap.startsWith(prefix))).sort((a, b) => (a.tap < b.tap ? -1 : 1));
  };
  const reportOf = (filter: GuestFilterSpec): GuestFilterReport => ({ tap: filter.tap, digest: guestFilterDigest(filter) });

  describe('filters', () => {
    afterAll(async () => {
      const { driver, hosts } = stage().rig;
      for (const vmId of [one, other]) await driver.filters.remove(hosts[0], guestTapPrefixOf(vmId));
    });

    it('are loaded before there is such an interface, and told by their digest', async () => {
      const { driver, hosts } = stage().rig;
      const filters = [filterOf(one), filterOf(one, { tap: guestTapName(one, 1), ips: [] }), filterOf(other)];
      await driver.filters.apply(hosts[0], filters);
      await driver.filters.apply(hosts[0], filters);
      expect(await reported()).toEqual(filters.map(reportOf));
    });

    it('are replaced card by card: others keep theirs', async () => {
      const { driver, hosts } = stage().rig;
      const changed = filterOf(one, {
        routers: [0x0a630002],
        ingress: [
          { protocol: 6, ports: { start: 22, end: 25 }, icmp: null, peers: [{ start: 0x0a630000, end: 0x0a6300ff }] },
          {
            protocol: 17,
            ports: { start: 53, end: 53 },
            icmp: null,
            peers: [
              { start: 1, end: 1 },
              { start: 3, end: 9 },
            ],
          },
          { protocol: 1, ports: null, icmp: { type: 8, code: 0 }, peers: everybody },
          { protocol: 1, ports: null, icmp: { type: 3, code: null }, peers: everybody },
          { protocol: 1, ports: null, icmp: { type: null, code: null }, peers: everybody },
          { protocol: 47, ports: null, icmp: null, peers: everybody },
          { protocol: null, ports: null, icmp: null, peers: [{ start: 0, end: 5 }] },
        ],
        egress: [],
      });
      await driver.filters.apply(hosts[0], [changed]);
      expect(await reported()).toEqual([changed, filterOf(one, { tap: guestTapName(one, 1), ips: [] }), filterOf(other)].map(reportOf));
    });

    it('are taken by machine, all its cards at once; once more is fine', async () => {
      const { driver, hosts } = stage().rig;
      await driver.filters.remove(hosts[0], guestTapPrefixOf(one));
      await driver.filters.remove(hosts[0], guestTapPrefixOf(one));
      expect(await reported()).toEqual([reportOf(filterOf(other))]);
      await driver.filters.remove(hosts[0], guestTapPrefixOf(other));
      expect(await reported()).toEqual([]);
    });

    it('of a bridge that is not there are missing', async () => {
      const { driver, hosts } = stage().rig;
      await expectFailure(driver.filters.apply(hosts[0], [filterOf(one, { bridge: 'nobr0' })]), 'missing');
      expect(await reported()).toEqual([]);
    });

    it('T09 of names that mean something else to a host are refused', async () => {
      const { driver, hosts } = stage().rig;
      for (const change of [{ tap: 'eth0' }, { tap: 'sgt1-0" ; flush ruleset' }, { bridge: "br'0" }, { mac: '02:00' }])
        await expectFailure(driver.filters.apply(hosts[0], [filterOf(one, change)]), 'refused');
      await expectFailure(driver.filters.remove(hosts[0], ''), 'refused');
      await expectFailure(driver.filters.remove(hosts[0], 'sgt'), 'refused');
    });
  });
}
