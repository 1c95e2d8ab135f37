// getUploadParamsForVolume
import { everyRole } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { chooseImageStore } from '../image-store/choose-image-store.ts';
import { prepareUpload, uploadParamsView } from '../store-transfer/upload-params.ts';
import { insertUploadedVolume, newVolumeParams, refuseOtherVolumeFormats } from './new-volume.ts';
import { volumePath } from './volume.entity.ts';

export const getUploadParamsForVolume = command({
  name: 'getUploadParamsForVolume',
  about: 'Makes a data volume whose file is sent by a POST with the parameters that this answers, once.',
  roles: everyRole,
  event: 'VOLUME.UPLOAD',
  since: '1.0',
  envelope: 'postuploadvolumeresponse',
  params: newVolumeParams,
  returns: uploadParamsView,
  async execute(args, ctx) {
    refuseOtherVolumeFormats(args.format);
    const store = await chooseImageStore(ctx.tx, args.zoneid);
    const { volume, checksum } = await insertUploadedVolume(args, 'upload', store, ctx);
    const { id: subjectId, uuid } = volume;
    return prepareUpload({ subjectType: 'Volume', subjectId, uuid, store, format: 'qcow2', path: volumePath(uuid), checksum }, ctx);
  },
});
