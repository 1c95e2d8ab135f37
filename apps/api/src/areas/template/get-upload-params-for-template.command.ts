// getUploadParamsForTemplate
import { everyRole } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { chooseImageStore } from '../image-store/choose-image-store.ts';
import { prepareUpload, uploadParamsView } from '../store-transfer/upload-params.ts';
import { Zone } from '../zone/zone.entity.ts';
import { imageParams, insertTemplate, newTemplateParams, refuseOtherFormats } from './register-rules.ts';

export const getUploadParamsForTemplate = command({
  name: 'getUploadParamsForTemplate',
  about: 'Makes a template whose file is sent by a POST with the parameters that this answers, once.',
  roles: everyRole,
  event: 'TEMPLATE.CREATE',
  since: '1.0',
  envelope: 'postuploadtemplateresponse',
  params: {
    ...newTemplateParams,
    ...imageParams,
    zoneid: param.ref(Zone, { required: true, access: 'use', about: 'the zone that gets it' }),
  },
  returns: uploadParamsView,
  async execute(args, ctx) {
    refuseOtherFormats(args.format);
    const store = await chooseImageStore(ctx.tx, args.zoneid);
    const { template, copies } = await insertTemplate(
      args,
      { kind: 'TEMPLATE', hypervisor: args.hypervisor, bootable: true, url: '' },
      [store],
      ctx,
    );
    const { uuid, checksum } = template;
    const { id: subjectId, path } = copies[0]!;
    return prepareUpload({ subjectType: 'TemplateCopy', subjectId, uuid, store, format: 'qcow2', path, checksum }, ctx);
  },
});
