// The primary storage that a host must have mounted: all pools of its cluster and zone.
import { describeChecks, nfsChecks, problem, redChecks } from '@strata/domain';
import { DriverError, type MountSpec } from '@strata/hypervisor';
import type { EntityManager } from 'typeorm';
import { podNetworks } from '../zone/pod-networks.ts';
import type { HostConnection } from './host-drivers.ts';

export interface PoolMount extends MountSpec {
  readonly name: string;
  /** Networks of the hosts that mount it. */
  readonly clients: readonly string[];
}

export async function poolsOf(
  read: EntityManager,
  place: { readonly zoneId: number; readonly clusterId: number; readonly hypervisor: string },
): Promise<PoolMount[]> {
  const pools = await read.query<Omit<PoolMount, 'clients'>[]>(
    `SELECT name, uuid, server, path FROM storage_pool
     WHERE zone_id = ? AND (cluster_id IS NULL OR cluster_id = ?) AND hypervisor = ? AND state NOT IN ('Initialized', 'Attaching', 'Removed') ORDER BY id`,
    [place.zoneId, place.clusterId, place.hypervisor],
  );
  if (pools.length === 0) return [];
  const clients = await podNetworks(read, place.zoneId);
  return pools.map((pool) => ({ ...pool, clients }));
}

/** @throws Problem `unavailable` that says which pool can't be mounted, why, and what to do */
export async function mountPools({ driver, address }: HostConnection, pools: readonly PoolMount[]): Promise<void> {
  for (const { name, clients, ...mount } of pools) {
    try {
      await driver.mounts.ensure(address, mount);
    } catch (cause) {
      if (!(cause instanceof DriverError) || cause.reason === 'connectionLost' || cause.kind === 'busy') throw cause;
      const red = redChecks(nfsChecks(await driver.mounts.probeNfs(address, mount.server, mount.path), { wantedFreeBytes: 0, clients }));
      throw problem(
        'unavailable',
        `${address.address} can't mount primary storage ${name} (nfs://${mount.server}${mount.path}): ${red.length > 0 ? describeChecks(red) : cause.message}`,
        { cause },
      );
    }
  }
}

/** In use by a machine, or the host does not answer: left as it is. */
export async function unmountPools({ driver, address }: HostConnection, pools: readonly PoolMount[]): Promise<void> {
  for (const { name: _, clients: __, ...mount } of pools) {
    try {
      await driver.mounts.remove(address, mount);
    } catch (error) {
      if (!(error instanceof DriverError) || (error.kind !== 'busy' && error.kind !== 'unreachable')) throw error;
    }
  }
}
