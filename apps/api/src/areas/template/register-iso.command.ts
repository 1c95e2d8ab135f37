// registerIso
import { parseImageUrl } from '@strata/domain';
import { everyRole } from '../../kernel/command/caller.ts';
import { command, listOf } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { Zone } from '../zone/zone.entity.ts';
import { fetchByUrl, newTemplateParams, rowsOfTemplate, zonesFor } from './register-rules.ts';
import { isoView } from './template.view.ts';

export const registerIso = command({
  name: 'registerIso',
  about: 'Makes an ISO image that is fetched from a web address available; listIsos tells how far that is.',
  roles: everyRole,
  event: 'ISO.CREATE',
  since: '1.0',
  params: {
    ...newTemplateParams,
    url: param.string({
      required: true,
      maxLength: 2048,
      about: 'the http or https address of the file, which may be compressed: gz, bz2, xz, zip',
    }),
    zoneid: param.ref(Zone, { required: true, access: 'use', allowNone: true, about: 'the zone that gets it; -1 for all' }),
    bootable: param.boolean({ about: 'whether machines boot from it; true where not said' }),
  },
  returns: listOf(isoView),
  async execute(args, ctx) {
    const iso = await fetchByUrl(
      args,
      { kind: 'ISO', hypervisor: 'None', bootable: args.bootable ?? true, url: parseImageUrl(args.url) },
      await zonesFor(ctx.tx, args),
      ctx,
    );
    return rowsOfTemplate(ctx.tx, iso.id);
  },
});
