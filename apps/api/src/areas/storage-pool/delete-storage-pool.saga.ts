// Removes primary storage: cached templates are deleted from it, hosts let go of it, its row disappears.
import { problem, templateCopyLifecycle } from '@strata/domain';
import { transitionAll } from '../../kernel/db/transition.ts';
import { saga } from '../../kernel/jobs/saga.ts';
import { TemplateCopy } from '../template/template.entity.ts';
import { detachExport, hostsUp } from './attach-export.ts';
import { StoragePool } from './storage-pool.entity.ts';

type Emptying = {
  readonly uuid: string;
  readonly server: string;
  readonly path: string;
  readonly hosts: readonly { readonly id: number; readonly name: string }[];
  readonly templatePaths: readonly string[];
};

export const removeStoragePool = saga<{ poolId: number }>('deleteStoragePool')
  .rows('emptying', async ({ tx, input }): Promise<Emptying> => {
    const pool = await tx.findOneByOrFail(StoragePool, { id: input.poolId });
    const hosts = await hostsUp(tx, pool);
    const copies = await tx.findBy(TemplateCopy, { storeKind: 'primary', storeId: pool.id });
    if (copies.length > 0 && hosts.length === 0)
      throw problem('unavailable', 'no host is Up that could remove the templates from it: bring one up and try again');
    await transitionAll(tx, TemplateCopy, { storeKind: 'primary', storeId: pool.id }, templateCopyLifecycle, 'destroyRequested');
    await tx.update(StoragePool, { id: pool.id }, { state: 'Disabled', version: () => 'version + 1' });
    const { uuid, server, path } = pool;
    return { uuid, server, path, hosts: hosts.map(({ id, name }) => ({ id, name })), templatePaths: copies.map((copy) => copy.path) };
  })
  .hosts('files', async ({ out, drivers }) => {
    const { hosts, templatePaths, ...mount } = out.emptying;
    const first = hosts[0];
    if (first && templatePaths.length > 0) {
      const { driver, address } = await drivers.for(first.id);
      await driver.mounts.ensure(address, mount);
      for (const path of templatePaths) await driver.disks.remove(address, { mount, path });
    }
    await detachExport(drivers, hosts, mount);
  })
  .rows('removed', async ({ tx, input }) => {
    await tx.delete(TemplateCopy, { storeKind: 'primary', storeId: input.poolId });
    await tx.delete(StoragePool, { id: input.poolId });
  });
