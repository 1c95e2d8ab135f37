// Removes secondary storage: copies of templates that others hold too are deleted from it, hosts let go of it, its row disappears.
import { formatStorageUrl, problem, templateCopyLifecycle } from '@strata/domain';
import { DriverError } from '@strata/hypervisor';
import type { EntityManager } from 'typeorm';
import { transitionAll } from '../../kernel/db/transition.ts';
import { saga } from '../../kernel/jobs/saga.ts';
import { detachExport, hostsUp } from '../storage-pool/attach-export.ts';
import { forgetSystemTemplatesWithoutCopies } from '../template/system-template-rows.ts';
import { StoreLink, StoreTransfer } from '../store-transfer/store-transfer.entity.ts';
import { TemplateCopy } from '../template/template.entity.ts';
import { ImageStore } from './image-store.entity.ts';
import { hostsToTry, onAnyHost, type WillingHost } from './try-hosts.ts';

type Emptying = {
  readonly uuid: string;
  readonly server: string;
  readonly path: string;
  readonly hosts: readonly { readonly id: number; readonly name: string }[];
  readonly templatePaths: readonly string[];
};

export const dropImageStore = saga<{ storeId: number }>('deleteImageStore')
  .rows(
    'emptying',
    async ({ tx, input }): Promise<Emptying> => {
      const store = await tx.findOneByOrFail(ImageStore, { id: input.storeId });
      await refuseWhileNeeded(tx, store);
      const place = { storeKind: 'image', storeId: store.id } as const;
      const hosts = await hostsUp(tx, { zoneId: store.zoneId, clusterId: null });
      const copies = await tx.findBy(TemplateCopy, place);
      if (copies.length > 0 && hosts.length === 0)
        throw problem('unavailable', 'no host is Up that could remove the templates from it: bring one up and try again');
      await transitionAll(tx, TemplateCopy, place, templateCopyLifecycle, 'destroyRequested');
      await tx.update(ImageStore, { id: store.id }, { ready: false });
      const { uuid, server, path } = store;
      return { uuid, server, path, hosts: hosts.map(({ id, name }) => ({ id, name })), templatePaths: copies.map((copy) => copy.path) };
    },
    async ({ tx, input }) => {
      await tx.update(ImageStore, { id: input.storeId }, { ready: true });
    },
  )
  .hosts('files', async ({ read, input, out, drivers }) => {
    const { hosts, templatePaths, ...mount } = out.emptying;
    if (templatePaths.length > 0) {
      const { zoneId } = await read.findOneByOrFail(ImageStore, { id: input.storeId });
      await onAnyHost(drivers, await willing(read, zoneId), async (_host, { driver, address }) => {
        await driver.mounts.ensure(address, mount);
        for (const path of templatePaths) await driver.disks.remove(address, { mount, path });
      });
    }
    await detachExport(drivers, hosts, mount);
  })
  .rows('removed', async ({ tx, input }) => {
    await tx.delete(StoreTransfer, { storeId: input.storeId });
    await tx.delete(StoreLink, { storeId: input.storeId });
    await tx.delete(TemplateCopy, { storeKind: 'image', storeId: input.storeId });
    await forgetSystemTemplatesWithoutCopies(tx);
    await tx.delete(ImageStore, { id: input.storeId });
  });

/** @throws DriverError `unreachable`, so that the step waits for a host to come back */
async function willing(read: EntityManager, zoneId: number): Promise<WillingHost[]> {
  const hosts = await hostsToTry(read, zoneId);
  if (hosts.length === 0)
    throw new DriverError('unreachable', 'no host of the zone is Up that could remove the templates: bring one up and try again');
  return hosts;
}

const named = 5;

/** @throws inUse naming the templates that would be lost */
async function refuseWhileNeeded(tx: EntityManager, { id, server, path }: ImageStore): Promise<void> {
  const volumes = await tx.query<{ name: string }[]>('SELECT name FROM volume WHERE image_store_id = ? ORDER BY name LIMIT 1', [id]);
  if (volumes[0]) throw problem('inUse', `it holds volumes that were uploaded, such as ${volumes[0].name}: delete them first`);
  const rows = await tx.query<{ name: string }[]>(
    `SELECT t.name FROM template_copy c JOIN template t ON t.id = c.template_id
     WHERE c.store_kind = 'image' AND c.store_id = ? AND t.type <> 'SYSTEM' AND NOT EXISTS (
       SELECT 1 FROM template_copy o WHERE o.template_id = c.template_id AND o.store_kind = 'image' AND o.store_id <> c.store_id AND o.state = 'Ready')
     ORDER BY t.name`,
    [id],
  );
  if (rows.length === 0) return;
  const names = `${rows
    .slice(0, named)
    .map(({ name }) => name)
    .join(', ')}${rows.length > named ? ', …' : ''}`;
  const place = formatStorageUrl({ protocol: 'nfs', server, path });
  const [what, them] = rows.length === 1 ? ['the template', 'it'] : [`${rows.length} templates`, 'them'];
  throw problem('inUse', `${place} alone holds ${what} ${names}: delete ${them} first`);
}
