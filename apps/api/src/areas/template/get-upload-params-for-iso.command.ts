// getUploadParamsForIso
import { problem } from '@strata/domain';
import { everyRole } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { chooseImageStore } from '../image-store/choose-image-store.ts';
import { prepareUpload, uploadParamsView } from '../store-transfer/upload-params.ts';
import { Zone } from '../zone/zone.entity.ts';
import { insertTemplate, newTemplateParams } from './register-rules.ts';

export const getUploadParamsForIso = command({
  name: 'getUploadParamsForIso',
  about: 'Makes an ISO whose file is sent by a POST with the parameters that this answers, once.',
  roles: everyRole,
  event: 'ISO.CREATE',
  since: '1.0',
  envelope: 'postuploadisoresponse',
  params: {
    ...newTemplateParams,
    format: param.enum(['ISO', 'QCOW2', 'RAW'], { required: true, about: 'the format of its file: only ISO is taken' }),
    bootable: param.boolean({ about: 'whether machines boot from it; true where not said' }),
    zoneid: param.ref(Zone, { required: true, access: 'use', about: 'the zone that gets it' }),
  },
  returns: uploadParamsView,
  async execute(args, ctx) {
    if (args.format !== 'ISO')
      throw problem('invalid', 'parameter format: an ISO image has the format ISO; other images become templates or volumes');
    const store = await chooseImageStore(ctx.tx, args.zoneid);
    const { template, copies } = await insertTemplate(
      args,
      { kind: 'ISO', hypervisor: 'None', bootable: args.bootable ?? true, url: '' },
      [store],
      ctx,
    );
    const { uuid, checksum } = template;
    const { id: subjectId, path } = copies[0]!;
    return prepareUpload({ subjectType: 'TemplateCopy', subjectId, uuid, store, format: 'iso', path, checksum }, ctx);
  },
});
