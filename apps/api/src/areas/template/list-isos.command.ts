// listIsos
import { everyRole } from '../../kernel/command/caller.ts';
import { listCommand } from '../../kernel/command/list-command.ts';
import { param } from '../../kernel/command/param.ts';
import { listParams, restrictList } from './list-rules.ts';
import { isoView, templateInZoneSource } from './template.view.ts';
import { templateFilters } from './template-visibility.ts';

export const listIsos = listCommand({
  name: 'listIsos',
  about: 'Lists ISO images, each once for every zone that has it.',
  roles: everyRole,
  since: '1.0',
  tagged: true,
  params: {
    isofilter: param.enum(templateFilters, {
      about:
        'as templatefilter of listTemplates: featured and community are public ones; self (where not said: selfexecutable): those of the account; shared: granted by others; executable: all that are ready; all: for administrators',
    }),
    ...listParams,
    bootable: param.boolean({ about: 'only those that machines boot from, or only the others' }),
    ispublic: param.boolean({ about: 'only public ones, or only the others' }),
  },
  source: templateInZoneSource,
  returns: isoView,
  keyword: ['t.name', 't.display_text'],
  async where(args, where, ctx) {
    where.equals('t.kind', 'ISO').equals('t.bootable', args.bootable).equals('t.is_public', args.ispublic);
    await restrictList(where, args.isofilter ?? (args.id ? 'executable' : 'selfexecutable'), args, ctx);
  },
});
