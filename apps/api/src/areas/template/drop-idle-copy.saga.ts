// Removes the copy of a template or ISO from a primary pool where nothing needs it: the next machine there brings it anew.
import { problem, templateCopyLifecycle } from '@strata/domain';
import { transition } from '../../kernel/db/transition.ts';
import { saga } from '../../kernel/jobs/saga.ts';
import { hostReaching } from '../storage-pool/reaching-hosts.ts';
import { StoragePool } from '../storage-pool/storage-pool.entity.ts';
import { isIdle } from './idle-copies.ts';
import { TemplateCopy } from './template.entity.ts';

export const dropIdleCopy = saga<{ copyId: number }>('dropIdleTemplateCopy')
  .rows(
    'doomed',
    async ({ tx, input }) => {
      const copy = await tx.findOneBy(TemplateCopy, { id: input.copyId });
      if (!copy) throw problem('conflict', 'the copy is gone already');
      if (!(await isIdle(tx, copy.id))) throw problem('inUse', 'machines need the copy again');
      await transition(tx, TemplateCopy, copy, templateCopyLifecycle, 'destroyRequested');
      return { poolId: copy.storeId, path: copy.path };
    },
    async ({ tx, input }) => {
      const copy = await tx.findOneBy(TemplateCopy, { id: input.copyId, state: 'Destroying', percent: 100 });
      if (copy) await transition(tx, TemplateCopy, copy, templateCopyLifecycle, 'kept', { unusedSince: null });
    },
  )
  // From here nothing is made from it any more; a machine that came before is seen now.
  .hosts('unused', async ({ input, read }) => {
    if (!(await isIdle(read, input.copyId))) throw problem('inUse', 'machines need the copy again');
  })
  // From here it does not count as whole: when something fails it stays gone, and is removed later.
  .rows('final', async ({ tx, input }) => {
    await tx.update(TemplateCopy, { id: input.copyId }, { percent: 0 });
  })
  .hosts('file', async ({ out, read, drivers }) => {
    const { poolId, path } = out.doomed;
    const { uuid, server, path: exportPath } = await read.findOneByOrFail(StoragePool, { id: poolId });
    const { driver, address } = await hostReaching(poolId, read, drivers);
    const mount = { uuid, server, path: exportPath };
    await driver.mounts.ensure(address, mount);
    await driver.disks.remove(address, { mount, path });
  })
  .rows('gone', async ({ tx, input }) => {
    await tx.query(
      `UPDATE storage_pool p JOIN template_copy c ON c.store_id = p.id JOIN template t ON t.id = c.template_id
       SET p.reserved_bytes = p.reserved_bytes - t.virtual_size_bytes WHERE c.id = ?`,
      [input.copyId],
    );
    await tx.delete(TemplateCopy, { id: input.copyId });
  });
