// Asks every host for its machines and mounts.
import type { HostListing, HostMounts, Mounted } from '@strata/domain';
import { DriverError } from '@strata/hypervisor';
import type { EntityManager } from 'typeorm';
import { eachWithLimit } from '../../kernel/each-with-limit.ts';
import type { HostDrivers } from '../host/host-drivers.ts';

export interface SeenHost {
  readonly id: number;
  readonly name: string;
  readonly zoneId: number;
  /** What the rows say it needs and what it says it has. */
  readonly mounts: HostMounts;
}

export interface SeenHosts {
  readonly listings: readonly HostListing[];
  readonly mounts: readonly HostMounts[];
  /** Hosts that answered. */
  readonly answering: readonly SeenHost[];
  /** Uuids of all storage. */
  readonly knownMounts: ReadonlySet<string>;
}

interface HostRow {
  readonly id: number;
  readonly name: string;
  readonly state: string;
  readonly reason: string;
  readonly zoneId: number;
  readonly clusterId: number;
  readonly hypervisor: string;
}

interface PoolRow extends Mounted {
  readonly zoneId: number;
  readonly clusterId: number | null;
  readonly hypervisor: string;
  readonly state: string;
}

const parallelHosts = 32;

export async function lookAtHosts(read: EntityManager, drivers: HostDrivers): Promise<SeenHosts> {
  const hosts = await read.query<HostRow[]>(
    'SELECT id, name, state, state_reason AS reason, zone_id AS zoneId, cluster_id AS clusterId, hypervisor FROM host WHERE ready ORDER BY id',
  );
  const pools = await read.query<PoolRow[]>(
    'SELECT uuid, server, path, zone_id AS zoneId, cluster_id AS clusterId, hypervisor, state FROM storage_pool',
  );
  const stores = await read.query<{ uuid: string }[]>('SELECT uuid FROM image_store');
  const listings: HostListing[] = [];
  const answering: SeenHost[] = [];
  await eachWithLimit(hosts, parallelHosts, async (host) => {
    if (host.state !== 'Up') {
      listings.push({ host: host.name, failure: `${host.state}${host.reason && `: ${host.reason}`}` });
      return;
    }
    try {
      const { driver, address } = await drivers.for(host.id);
      const machines = await driver.listMachines(address);
      const mounted = await driver.mounts.list(address);
      listings.push({
        host: host.name,
        machines: machines.map(({ uuid, name, power }) => ({ uuid, name, isRunning: power !== 'stopped' })),
      });
      answering.push({
        id: host.id,
        name: host.name,
        zoneId: host.zoneId,
        mounts: { host: host.name, needed: neededBy(host, pools), mounted },
      });
    } catch (error) {
      if (!(error instanceof DriverError)) throw error;
      listings.push({ host: host.name, failure: error.message });
    }
  });
  return {
    listings,
    mounts: answering.map(({ mounts }) => mounts),
    answering,
    knownMounts: new Set([...pools, ...stores].map(({ uuid }) => uuid)),
  };
}

function neededBy(host: HostRow, pools: readonly PoolRow[]): Mounted[] {
  return pools
    .filter(
      (pool) =>
        pool.state === 'Up' &&
        pool.zoneId === host.zoneId &&
        (pool.clusterId === null || pool.clusterId === host.clusterId) &&
        pool.hypervisor === host.hypervisor,
    )
    .map(({ uuid, server, path }) => ({ uuid, server, path }));
}
