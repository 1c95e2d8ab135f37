// registerTemplate
import { parseImageUrl } from '@strata/domain';
import { everyRole } from '../../kernel/command/caller.ts';
import { command, listOf } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { Zone } from '../zone/zone.entity.ts';
import { fetchByUrl, imageParams, newTemplateParams, refuseOtherFormats, rowsOfTemplate, zonesFor } from './register-rules.ts';
import { templateView } from './template.view.ts';

export const registerTemplate = command({
  name: 'registerTemplate',
  about: 'Makes an image a template that is fetched from a web address; listTemplates tells how far that is.',
  roles: everyRole,
  event: 'TEMPLATE.CREATE',
  since: '1.0',
  params: {
    ...newTemplateParams,
    ...imageParams,
    url: param.string({
      required: true,
      maxLength: 2048,
      about: 'the http or https address of the file, which may be compressed: gz, bz2, xz, zip',
    }),
    zoneid: param.ref(Zone, { access: 'use', allowNone: true, about: 'the zone that gets it; -1 for all' }),
    zoneids: param.refs(Zone, { access: 'use', about: 'the zones that get it' }),
  },
  returns: listOf(templateView),
  async execute(args, ctx) {
    refuseOtherFormats(args.format);
    const template = await fetchByUrl(
      args,
      { kind: 'TEMPLATE', hypervisor: args.hypervisor, bootable: true, url: parseImageUrl(args.url) },
      await zonesFor(ctx.tx, args),
      ctx,
    );
    return rowsOfTemplate(ctx.tx, template.id);
  },
});
