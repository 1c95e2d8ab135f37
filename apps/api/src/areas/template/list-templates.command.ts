// listTemplates
import { everyRole } from '../../kernel/command/caller.ts';
import { listCommand } from '../../kernel/command/list-command.ts';
import { listScopeParams } from '../../kernel/command/list-scope.ts';
import { param } from '../../kernel/command/param.ts';
import { ImageStore } from '../image-store/image-store.entity.ts';
import { restrictToOpen } from '../zone/private-to-domain.ts';
import { Zone } from '../zone/zone.entity.ts';
import { restrictToFilter, templateFilters } from './template-visibility.ts';
import { Template } from './template.entity.ts';
import { joinTemplate, onceForEachZone, templateInZoneSource, templateView } from './template.view.ts';

export const listTemplates = listCommand({
  name: 'listTemplates',
  about: 'Lists templates, each once for every zone that has it.',
  roles: everyRole,
  since: '1.0',
  tagged: true,
  params: {
    templatefilter: param.enum(templateFilters, {
      required: true,
      about:
        'featured and community: public ones; self: those of the account; shared: granted by others; executable: all that machines can be made from; all: for administrators',
    }),
    ...listScopeParams,
    id: param.ref(Template, { access: 'see', about: 'only this template' }),
    ids: param.refs(Template, { access: 'see', about: 'only these templates' }),
    name: param.string({ about: 'only templates of this name' }),
    zoneid: param.ref(Zone, { access: 'see', about: 'only in this zone' }),
    hypervisor: param.string({ about: 'only for this hypervisor' }),
    arch: param.string({ about: 'only for this processor architecture' }),
    templatetype: param.enum(['BUILTIN', 'USER', 'SYSTEM'], { about: 'only of this kind' }),
    isready: param.boolean({ about: 'only those that machines can be made from, or only the others' }),
    imagestoreid: param.ref(ImageStore, {
      access: 'see',
      roles: ['Admin', 'ResourceAdmin'],
      about: 'only those that this secondary storage holds',
    }),
  },
  source: templateInZoneSource,
  returns: templateView,
  keyword: ['t.name', 't.display_text'],
  async where(args, where, ctx) {
    where
      .join(joinTemplate)
      .and(onceForEachZone)
      .and("c.state NOT IN ('Destroying', 'Destroyed')")
      .equals('t.id', args.id?.id)
      .in(
        't.id',
        args.ids?.map(({ id }) => id),
      )
      .equals('t.name', args.name)
      .equals('c.zone_id', args.zoneid?.id)
      .equals('t.hypervisor', args.hypervisor)
      .equals('t.arch', args.arch)
      .equals('t.type', args.templatetype);
    if (args.isready !== undefined) where.and(`c.state ${args.isready ? '=' : '<>'} 'Ready'`);
    if (args.imagestoreid)
      where.and("t.id IN (SELECT template_id FROM template_copy WHERE store_kind = 'image' AND store_id = ?)", args.imagestoreid.id);
    restrictToOpen(where.join('JOIN zone z ON z.id = c.zone_id'), 'z.domain_id', ctx.caller);
    await restrictToFilter(where, args.templatefilter, args, ctx);
  },
});
