// Removes a template or ISO: its files in image stores and primary pools, what it held of them, and in the end its row.
import { problem, templateCopyLifecycle } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import { transition } from '../../kernel/db/transition.ts';
import { saga } from '../../kernel/jobs/saga.ts';
import { hostInZone, hostReaching } from '../storage-pool/reaching-hosts.ts';
import { tidyStores } from '../store-transfer/tidy-stores.ts';
import { forgetLinks, forgetTransfers } from '../store-transfer/forget-transfers.ts';
import { usersOfTemplate } from './template-clones.ts';
import { Template, TemplateCopy, TemplatePermission } from './template.entity.ts';

type DropInput = {
  readonly templateId: number;
  /** Null: from everywhere. */
  readonly zoneId: number | null;
};

type DoomedFile = {
  readonly kind: 'image' | 'primary';
  readonly storeId: number;
  readonly zoneId: number;
  readonly hypervisor: string;
  readonly mount: { readonly uuid: string; readonly server: string; readonly path: string };
  readonly path: string;
};

type Doomed = {
  readonly copyIds: readonly number[];
  /** Whose secondary-storage machines may be at work on it. */
  readonly zoneIds: readonly number[];
  readonly files: readonly DoomedFile[];
};

interface CopyPlace {
  readonly kind: 'image' | 'primary';
  readonly storeId: number;
  readonly zoneId: number;
  readonly hypervisor: string;
  readonly uuid: string;
  readonly server: string;
  readonly exportPath: string;
  readonly path: string;
}

export const dropTemplate = saga<DropInput>('deleteTemplate')
  .rows(
    'doomed',
    async ({ tx, input }): Promise<Doomed> => {
      await refuseWhileUsed(tx, input);
      const copies = await tx.findBy(TemplateCopy, place(input));
      for (const copy of copies) await transition(tx, TemplateCopy, copy, templateCopyLifecycle, 'destroyRequested');
      return {
        copyIds: copies.map(({ id }) => id),
        zoneIds: [...new Set(copies.filter(({ storeKind }) => storeKind === 'image').map(({ zoneId }) => zoneId))],
        files: await filesOf(tx, input),
      };
    },
    async ({ tx, input }) => {
      const whole = await tx.findBy(TemplateCopy, { ...place(input), state: 'Destroying', percent: 100 });
      for (const copy of whole) await transition(tx, TemplateCopy, copy, templateCopyLifecycle, 'kept');
    },
  )
  // From here no machine is made from it any more; one that came before is seen now.
  .hosts('unused', async ({ input, read }) => refuseWhileUsed(read, input))
  // From here no copy counts as whole: when something fails the template stays gone, and is deleted again.
  .rows('final', async ({ tx, input, out, clock }) => {
    await tx.update(TemplateCopy, place(input), { percent: 0 });
    await forgetTransfers(tx, 'TemplateCopy', out.doomed.copyIds);
    await forgetLinks(tx, { subjectTypes: ['Template', 'Iso'], subjectId: input.templateId, zoneId: input.zoneId }, clock);
  })
  .hosts('agents', async ({ out, read, drivers }) => {
    await tidyStores(out.doomed.zoneIds, read, drivers);
  })
  .hosts('files', async ({ out, read, drivers }) => {
    for (const { kind, storeId, zoneId, hypervisor, mount, path } of out.doomed.files) {
      const { driver, address } =
        kind === 'image' ? await hostInZone(zoneId, hypervisor, read, drivers) : await hostReaching(storeId, read, drivers);
      await driver.mounts.ensure(address, mount);
      await driver.disks.remove(address, { mount, path });
    }
  })
  .rows('gone', async ({ tx, input }) => {
    // As long as the copies are there, pools still count them.
    await tx.query(
      `UPDATE storage_pool p JOIN template_copy c ON c.store_kind = 'primary' AND c.store_id = p.id JOIN template t ON t.id = c.template_id
         SET p.reserved_bytes = p.reserved_bytes - t.virtual_size_bytes
       WHERE t.id = ? ${input.zoneId === null ? '' : 'AND c.zone_id = ?'}`,
      [input.templateId, ...(input.zoneId === null ? [] : [input.zoneId])],
    );
    await tx.delete(TemplateCopy, place(input));
    if (await tx.existsBy(TemplateCopy, { templateId: input.templateId })) return;
    await tx.delete(TemplatePermission, { templateId: input.templateId });
    await tx.delete(Template, { id: input.templateId });
  });

async function refuseWhileUsed(read: EntityManager, { templateId, zoneId }: DropInput): Promise<void> {
  const users = await usersOfTemplate(read, templateId, zoneId);
  if (users.length > 0)
    throw problem('inUse', `disks of ${users.length} virtual machines depend on the template: destroy and expunge them first`);
}

async function filesOf(read: EntityManager, { templateId, zoneId }: DropInput): Promise<DoomedFile[]> {
  const places = await read.query<CopyPlace[]>(
    `SELECT c.store_kind AS kind, c.store_id AS storeId, c.zone_id AS zoneId, t.hypervisor, COALESCE(s.uuid, p.uuid) AS uuid, COALESCE(s.server, p.server) AS server,
       COALESCE(s.path, p.path) AS exportPath, c.path
     FROM template_copy c JOIN template t ON t.id = c.template_id
       LEFT JOIN image_store s ON c.store_kind = 'image' AND s.id = c.store_id
       LEFT JOIN storage_pool p ON c.store_kind = 'primary' AND p.id = c.store_id
     WHERE c.template_id = ? ${zoneId === null ? '' : 'AND c.zone_id = ?'}`,
    [templateId, ...(zoneId === null ? [] : [zoneId])],
  );
  return places.map(({ uuid, server, exportPath, ...file }) => ({ ...file, mount: { uuid, server, path: exportPath } }));
}

function place({ templateId, zoneId }: DropInput) {
  return { templateId, ...(zoneId !== null && { zoneId }) };
}
