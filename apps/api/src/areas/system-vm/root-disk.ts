// The root disk of a system machine: where it lies, and how it goes.
import type { EntityManager } from 'typeorm';
import type { HostsStep } from '../../kernel/jobs/saga.ts';
import type { HostConnection } from '../host/host-drivers.ts';
import { hostReaching } from '../storage-pool/reaching-hosts.ts';
import { StoragePool } from '../storage-pool/storage-pool.entity.ts';
import { volumePath } from '../volume/volume.entity.ts';
import type { SystemVm } from './system-vm.entity.ts';

// A type alias, not an interface: it is part of a step's output, and only aliases are assignable to JSON.
export type RootDisk = {
  readonly machineUuid: string;
  readonly poolId: number;
  readonly pool: { readonly uuid: string; readonly server: string; readonly path: string };
};

/** Null while it has none. */
export async function rootDiskOf(
  read: EntityManager,
  { uuid: machineUuid, poolId }: Pick<SystemVm, 'uuid' | 'poolId'>,
): Promise<RootDisk | null> {
  const pool = poolId === null ? null : await read.findOneBy(StoragePool, { id: poolId });
  if (!pool) return null;
  const { id, uuid, server, path } = pool;
  return { machineUuid, poolId: id, pool: { uuid, server, path } };
}

/** By the host given, or any that reaches it. Where no host is left that could, there is nobody to do it, and nobody to miss it. */
export async function removeRootDisk(
  disk: RootDisk | null,
  { read, drivers }: Pick<HostsStep<unknown, object>, 'read' | 'drivers'>,
  by?: HostConnection,
): Promise<void> {
  if (!disk || (!by && !(await hasHosts(read, disk.poolId)))) return;
  const { driver, address } = by ?? (await hostReaching(disk.poolId, read, drivers));
  await driver.mounts.ensure(address, disk.pool);
  await driver.disks.remove(address, { mount: disk.pool, path: volumePath(disk.machineUuid) });
}

async function hasHosts(read: EntityManager, poolId: number): Promise<boolean> {
  const rows = await read.query<unknown[]>(
    'SELECT h.id FROM storage_pool p JOIN host h ON h.zone_id = p.zone_id AND (p.cluster_id IS NULL OR h.cluster_id = p.cluster_id) WHERE p.id = ? LIMIT 1',
    [poolId],
  );
  return rows.length > 0;
}
