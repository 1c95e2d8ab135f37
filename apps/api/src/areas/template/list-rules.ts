// What the lists of templates and ISOs have in common.
import type { CommandContext } from '../../kernel/command/command.ts';
import { listScopeParams } from '../../kernel/command/list-scope.ts';
import { type ArgsOf, param } from '../../kernel/command/param.ts';
import type { Where } from '../../kernel/command/source.ts';
import { ImageStore } from '../image-store/image-store.entity.ts';
import { StoragePool } from '../storage-pool/storage-pool.entity.ts';
import { restrictToOpen } from '../zone/private-to-domain.ts';
import { Zone } from '../zone/zone.entity.ts';
import { restrictToFilter, type TemplateFilter } from './template-visibility.ts';
import { Template } from './template.entity.ts';
import { joinTemplate, onceForEachZone } from './template.view.ts';

const administrators = ['Admin', 'ResourceAdmin'] as const;

export const listParams = {
  ...listScopeParams,
  id: param.ref(Template, { access: 'see', about: 'only this one' }),
  name: param.string({ about: 'only those of this name' }),
  zoneid: param.ref(Zone, { access: 'see', about: 'only in this zone' }),
  hypervisor: param.string({ about: 'only for this hypervisor' }),
  arch: param.string({ about: 'only for this processor architecture' }),
  isready: param.boolean({ about: 'only those that are complete in the zone, or only the others' }),
  imagestoreid: param.ref(ImageStore, { access: 'see', roles: administrators, about: 'only those that this secondary storage holds' }),
  storageid: param.ref(StoragePool, { access: 'see', roles: administrators, about: 'only those that this primary storage has a copy of' }),
};

/** Conditions on `templateInZoneSource`. */
export async function restrictList(
  where: Where,
  filter: TemplateFilter,
  args: ArgsOf<typeof listParams>,
  ctx: CommandContext,
): Promise<void> {
  where
    .join(joinTemplate)
    .and(onceForEachZone)
    .and("c.state NOT IN ('Destroying', 'Destroyed')")
    .equals('t.id', args.id?.id)
    .equals('t.name', args.name)
    .equals('c.zone_id', args.zoneid?.id)
    .equals('t.hypervisor', args.hypervisor)
    .equals('t.arch', args.arch);
  if (args.isready !== undefined) where.and(`c.state ${args.isready ? '=' : '<>'} 'Ready'`);
  for (const [kind, store] of [
    ['image', args.imagestoreid],
    ['primary', args.storageid],
  ] as const) {
    if (store) where.and('t.id IN (SELECT template_id FROM template_copy WHERE store_kind = ? AND store_id = ?)', kind, store.id);
  }
  // Only administrators have to do with what system machines are made from.
  if (ctx.caller.role !== 'Admin' || filter !== 'all') where.and("t.type <> 'SYSTEM'");
  restrictToOpen(where.join('JOIN zone z ON z.id = c.zone_id'), 'z.domain_id', ctx.caller);
  await restrictToFilter(where, filter, args, ctx);
}
