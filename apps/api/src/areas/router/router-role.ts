// What a virtual router is among the system machines: one in each pod with guests, and what it is told of them.
import { maxRouterBatch, parseNetmask, type RouterConfiguration, type RouterSubnet } from '@strata/domain';
import type { SystemVmRole, WantedSystemVm } from '../system-vm/system-vm-role.ts';
import { defaultGuestDomain } from './guest-domain.ts';
import { dnsByRouter, guestsOfPod, type Held, putGuests, servedByRouter, servedCards } from './router-guests.ts';

export const routerRole: SystemVmRole = {
  kind: 'domainrouter',
  prefix: 'r',
  card: 'guest',

  /** A pod keeps its router until the last of its guests is expunged. */
  async wanted(read): Promise<WantedSystemVm[]> {
    return read.query<{ zoneId: number; podId: number }[]>(
      `SELECT DISTINCT r.zone_id AS zoneId, r.pod_id AS podId FROM ${servedCards} WHERE r.pod_id IS NOT NULL AND n.ip IS NOT NULL`,
    );
  },

  async configuration({ read }, vm): Promise<RouterConfiguration> {
    const [network] = await read.query<
      {
        domain: string | null;
        servesDns: number;
        dns1: string | null;
        dns2: string | null;
        zoneDns1: string;
        zoneDns2: string | null;
        zone: string;
        zoneUuid: string;
      }[]
    >(
      `SELECT COALESCE(w.network_domain, z.network_domain) AS domain, ${dnsByRouter} AS servesDns, w.dns1, w.dns2, z.dns1 AS zoneDns1, z.dns2 AS zoneDns2,
         z.name AS zone, z.uuid AS zoneUuid
       FROM system_nic s JOIN network w ON w.id = s.network_id JOIN network_offering f ON f.id = w.network_offering_id JOIN zone z ON z.id = w.zone_id
       WHERE s.system_vm_id = ? AND s.purpose = 'guest'`,
      [vm.id],
    );
    const ranges = await read.query<{ gateway: string; netmask: string }[]>(
      `SELECT DISTINCT r.gateway, r.netmask FROM vlan_ip_range r JOIN network w ON w.id = r.network_id
         JOIN network_offering f ON f.id = w.network_offering_id AND ${servedByRouter}
       WHERE r.pod_id = ? ORDER BY r.gateway`,
      [vm.podId],
    );
    if (!network) throw new Error(`router ${vm.uuid} has no card on a guest network`);
    const forwarders = network.dns1 === null ? [network.zoneDns1, network.zoneDns2] : [network.dns1, network.dns2];
    return {
      domain: network.domain ?? defaultGuestDomain,
      servesDns: Boolean(network.servesDns),
      forwarders: forwarders.filter((server): server is string => server !== null && server !== ''),
      subnets: ranges.map(({ gateway, netmask }): RouterSubnet => ({ gateway, prefixLength: parseNetmask(netmask, 'netmask') })),
      availabilityZone: network.zone,
      cloudIdentifier: `Strata-{${network.zoneUuid}}`,
    };
  },

  async maintain(ctx, agent, vm) {
    // The router first: what it has and the database has not by then is gone for good.
    const { guests: reports } = await agent.call('router.list-guests', {});
    const wanted = await guestsOfPod(ctx.read, vm.podId);
    const reportOf = new Map(reports.map((report) => [report.mac, report]));
    const macs = new Set(wanted.map(({ entry }) => entry.mac));
    const stale = reports.map(({ mac }) => mac).filter((mac) => !macs.has(mac));
    if (stale.length > 0) await agent.call('router.remove-guests', { macs: stale.slice(0, maxRouterBatch) });
    const taken = wanted.filter(({ entry, passwordRevision }) => {
      const password = reportOf.get(entry.mac)?.password;
      return passwordRevision !== null && password?.isTaken === true && password.revision === passwordRevision;
    });
    for (const { vmId, passwordRevision } of taken)
      await ctx.transaction(({ tx }) => tx.query('DELETE FROM vm_password WHERE vm_id = ? AND revision = ?', [vmId, passwordRevision]));
    const held = new Map<string, Held>(
      reports.map(({ mac, userDataRevision, password }) => [mac, { userDataRevision, passwordRevision: password?.revision ?? null }]),
    );
    const due = wanted.filter(
      ({ entry, passwordRevision }) =>
        reportOf.get(entry.mac)?.digest !== entry.digest ||
        (passwordRevision !== null && held.get(entry.mac)?.passwordRevision !== passwordRevision),
    );
    if (due.length > 0) await putGuests(agent, due, ctx, held);
  },
};
