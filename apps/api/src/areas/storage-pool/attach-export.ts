// Brings an NFS export to the hosts that need it, and says for each host that can't reach it why and what to do.
import { nfsChecks, problem } from '@strata/domain';
import { DriverError, type MountFacts, type MountSpec } from '@strata/hypervisor';
import type { EntityManager } from 'typeorm';
import { eachWithLimit } from '../../kernel/each-with-limit.ts';
import type { HostConnection, HostDrivers } from '../host/host-drivers.ts';
import { networksAround } from '../zone/pod-networks.ts';

export interface ReachingHost {
  readonly id: number;
  readonly name: string;
}

const parallelHosts = 16;
const hostsNamed = 5;
/** Less room than this on an export is worth a warning, not a refusal. */
const wantedFreeBytes = 10 * 2 ** 30;

/** Hosts that are Up in the cluster, or in the whole zone. */
export async function hostsUp(read: EntityManager, place: { zoneId: number; clusterId: number | null }): Promise<ReachingHost[]> {
  return read.query<ReachingHost[]>(
    `SELECT id, name FROM host WHERE zone_id = ? AND state = 'Up' AND ready ${place.clusterId === null ? '' : 'AND cluster_id = ?'} ORDER BY id`,
    [place.zoneId, ...(place.clusterId === null ? [] : [place.clusterId])],
  );
}

/**
 * Probes the export from every host, then mounts it there.
 * @throws invalid with cause and remedy per host when any of them can't use it
 */
export async function attachExport(
  { drivers, read }: { readonly drivers: HostDrivers; readonly read: EntityManager },
  hosts: readonly ReachingHost[],
  mount: MountSpec,
): Promise<MountFacts> {
  const clients = await networksAround(read, hosts[0]!.id);
  /** Names of hosts by what keeps them from using it. */
  const failures = new Map<string, string[]>();
  let facts: MountFacts | undefined;
  await eachWithLimit(hosts, parallelHosts, async (host) => {
    const { driver, address } = await drivers.for(host.id);
    const probe = await driver.mounts.probeNfs(address, mount.server, mount.path);
    const red = nfsChecks(probe, { wantedFreeBytes, clients }).find(({ level }) => level === 'red');
    if (red) {
      const why = `${red.cause}; to mend it: ${red.remedy}`;
      failures.set(why, [...(failures.get(why) ?? []), host.name]);
    } else facts = await driver.mounts.ensure(address, mount);
  });
  if (failures.size > 0) {
    const told = Array.from(failures, ([why, names]) => `${listed(names.sort())}: ${why}`);
    throw problem('invalid', `parameter url: nfs://${mount.server}${mount.path} can't be used. ${told.join('. ')}`);
  }
  return facts!;
}

function listed(names: readonly string[]): string {
  const more = names.length > hostsNamed ? ` and ${names.length - hostsNamed} more` : '';
  return `${names.length === 1 ? 'host' : 'hosts'} ${names.slice(0, hostsNamed).join(', ')}${more}`;
}

/** Mounts the export again on every host that answers; others get it back when they are Up again. */
export async function mountAgain(drivers: HostDrivers, hosts: readonly ReachingHost[], mount: MountSpec): Promise<void> {
  await onThoseThatAnswer(drivers, hosts, async ({ driver, address }) => {
    await driver.mounts.ensure(address, mount);
  });
}

/** Takes the mount off every host that answers; a host that does not keeps it until it is added or released again. */
export async function detachExport(drivers: HostDrivers, hosts: readonly ReachingHost[], mount: MountSpec): Promise<void> {
  await onThoseThatAnswer(drivers, hosts, ({ driver, address }) => driver.mounts.remove(address, mount));
}

async function onThoseThatAnswer(
  drivers: HostDrivers,
  hosts: readonly ReachingHost[],
  work: (host: HostConnection) => Promise<void>,
): Promise<void> {
  await eachWithLimit(hosts, parallelHosts, async ({ id }) => {
    try {
      await work(await drivers.for(id));
    } catch (error) {
      if (!(error instanceof DriverError && error.kind === 'unreachable')) throw error;
    }
  });
}
