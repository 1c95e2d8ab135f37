// Removes primary storage: cached templates are deleted from it, hosts let go of it, its row disappears.
import { problem, storagePoolLifecycle, templateCopyLifecycle } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import { refuseWhileUsed } from '../../kernel/db/still-used.ts';
import { transition, transitionAll } from '../../kernel/db/transition.ts';
import { type HostsStep, type RowsStep, saga } from '../../kernel/jobs/saga.ts';
import { TemplateCopy } from '../template/template.entity.ts';
import { detachExport, hostsUp, mountAgain } from './attach-export.ts';
import { StoragePool } from './storage-pool.entity.ts';

type RemoveInput = {
  readonly poolId: number;
  /** Whether it took new volumes before. */
  readonly wasUp: boolean;
};
type Emptying = {
  readonly uuid: string;
  readonly server: string;
  readonly path: string;
  readonly hosts: readonly { readonly id: number; readonly name: string }[];
  readonly templatePaths: readonly string[];
};

export const removeStoragePool = saga<RemoveInput>('deleteStoragePool')
  .rows('emptying', closePool, reopenPool)
  .hosts('files', removeFiles, async ({ out, drivers }) => {
    if (!out.emptying) return;
    const { hosts, uuid, server, path } = out.emptying;
    await mountAgain(drivers, hosts, { uuid, server, path });
  })
  .rows('removed', async ({ tx, input }) => {
    await tx.delete(TemplateCopy, copiesIn(input.poolId));
    await tx.delete(StoragePool, { id: input.poolId });
  });

/** Under the lock of the pool's row: machines placed before are seen, and none is placed after. */
async function closePool({ tx, input }: RowsStep<RemoveInput, object>): Promise<Emptying> {
  const pool = await getLocked(tx, input.poolId);
  if (pool.state !== 'Removed') storagePoolLifecycle.assertCan(pool.state, 'removeRequested', { name: pool.name });
  await refuseWhileUsed(tx, `primary storage ${pool.name}`, [
    { noun: ['volume', 'volumes'], from: 'volume v', name: 'v.name', where: 'v.pool_id = ?', values: [pool.id] },
  ]);
  await refuseWhileUsed(
    tx,
    `primary storage ${pool.name}`,
    [
      {
        noun: ['system machine', 'system machines'],
        from: 'system_vm s',
        name: "CONCAT(s.kind, ' ', s.id)",
        where: 's.pool_id = ?',
        values: [pool.id],
      },
    ],
    'disable the zone (updateZone allocationstate=Disabled), so that none is made again, and destroySystemVm or destroyRouter',
  );
  const hosts = await hostsUp(tx, pool);
  const copies = await tx.findBy(TemplateCopy, copiesIn(pool.id));
  if (copies.length > 0 && hosts.length === 0)
    throw problem('unavailable', 'no host is Up that could remove the templates from it: bring one up and try again');
  await transitionAll(tx, TemplateCopy, copiesIn(pool.id), templateCopyLifecycle, 'destroyRequested');
  if (pool.state !== 'Removed') await transition(tx, StoragePool, pool, storagePoolLifecycle, 'removeRequested');
  const { uuid, server, path } = pool;
  return { uuid, server, path, hosts: hosts.map(({ id, name }) => ({ id, name })), templatePaths: copies.map((copy) => copy.path) };
}

/** Which of the templates are gone already is not known: the next machine made from one brings it anew. */
async function reopenPool({ tx, input }: RowsStep<RemoveInput, object>): Promise<void> {
  const pool = await getLocked(tx, input.poolId);
  await transitionAll(tx, TemplateCopy, { ...copiesIn(pool.id), state: 'Destroying' }, templateCopyLifecycle, 'kept');
  await transitionAll(tx, TemplateCopy, { ...copiesIn(pool.id), state: 'Ready' }, templateCopyLifecycle, 'lost');
  if (pool.state === 'Removed') await transition(tx, StoragePool, pool, storagePoolLifecycle, 'removeFailed');
  if (input.wasUp && pool.state === 'Disabled') await transition(tx, StoragePool, pool, storagePoolLifecycle, 'enableRequested');
}

async function removeFiles({ out, drivers }: HostsStep<RemoveInput, { emptying: Emptying }>): Promise<void> {
  const { hosts, templatePaths, ...mount } = out.emptying;
  const first = hosts[0];
  if (first && templatePaths.length > 0) {
    const { driver, address } = await drivers.for(first.id);
    await driver.mounts.ensure(address, mount);
    for (const path of templatePaths) await driver.disks.remove(address, { mount, path });
  }
  await detachExport(drivers, hosts, mount);
}

async function getLocked(tx: EntityManager, id: number): Promise<StoragePool> {
  return tx.findOneOrFail(StoragePool, { where: { id }, lock: { mode: 'pessimistic_write' } });
}

function copiesIn(poolId: number): { storeKind: 'primary'; storeId: number } {
  return { storeKind: 'primary', storeId: poolId };
}
