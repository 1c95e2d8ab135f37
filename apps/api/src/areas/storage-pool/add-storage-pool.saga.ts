// Adds primary storage: every host of the cluster must be able to use the export before it is Up.
import { problem, storagePoolLifecycle } from '@strata/domain';
import { transition } from '../../kernel/db/transition.ts';
import { saga } from '../../kernel/jobs/saga.ts';
import { attachExport, detachExport, hostsUp, type ReachingHost } from './attach-export.ts';
import { StoragePool } from './storage-pool.entity.ts';

type Attaching = {
  readonly uuid: string;
  readonly server: string;
  readonly path: string;
  readonly hosts: readonly { readonly id: number; readonly name: string }[];
};

export const addStoragePool = saga<{ poolId: number }>('createStoragePool')
  .rows(
    'attaching',
    async ({ tx, input }): Promise<Attaching> => {
      const pool = await tx.findOneByOrFail(StoragePool, { id: input.poolId });
      const hosts = await hostsUp(tx, pool);
      if (hosts.length === 0) throw problem('invalid', 'no host is Up there that could mount the storage: add a host first');
      if (pool.state !== 'Attaching') await transition(tx, StoragePool, pool, storagePoolLifecycle, 'attachRequested');
      return { uuid: pool.uuid, server: pool.server, path: pool.path, hosts: hosts.map(({ id, name }: ReachingHost) => ({ id, name })) };
    },
    async ({ tx, input }) => {
      await tx.delete(StoragePool, { id: input.poolId });
    },
  )
  .hosts(
    'mounts',
    async ({ out, drivers, read }) => {
      const { totalBytes, usedBytes } = await attachExport({ drivers, read }, out.attaching.hosts, out.attaching);
      return { totalBytes, usedBytes };
    },
    async ({ out, drivers }) => {
      if (out.attaching) await detachExport(drivers, out.attaching.hosts, out.attaching);
    },
  )
  .rows('up', async ({ tx, input, out }) => {
    const pool = await tx.findOneByOrFail(StoragePool, { id: input.poolId });
    if (pool.state === 'Up') return;
    await transition(tx, StoragePool, pool, storagePoolLifecycle, 'attached', {
      totalBytes: out.mounts.totalBytes,
      usedBytes: out.mounts.usedBytes,
    });
  });
