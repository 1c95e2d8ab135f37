// listTemplates
import { everyRole } from '../../kernel/command/caller.ts';
import { listCommand } from '../../kernel/command/list-command.ts';
import { param } from '../../kernel/command/param.ts';
import { listParams, restrictList } from './list-rules.ts';
import { Template } from './template.entity.ts';
import { templateInZoneSource, templateView } from './template.view.ts';
import { templateFilters } from './template-visibility.ts';

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
    ...listParams,
    ids: param.refs(Template, { access: 'see', about: 'only these templates' }),
    templatetype: param.enum(['BUILTIN', 'USER', 'SYSTEM'], { about: 'only of this kind' }),
  },
  source: templateInZoneSource,
  returns: templateView,
  keyword: ['t.name', 't.display_text'],
  async where(args, where, ctx) {
    where
      .equals('t.kind', 'TEMPLATE')
      .in(
        't.id',
        args.ids?.map(({ id }) => id),
      )
      .equals('t.type', args.templatetype);
    await restrictList(where, args.templatefilter, args, ctx);
  },
});
