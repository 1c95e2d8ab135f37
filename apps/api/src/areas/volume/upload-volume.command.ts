// uploadVolume
import { parseImageUrl } from '@strata/domain';
import { everyRole } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { chooseImageStore } from '../image-store/choose-image-store.ts';
import { expectTransfer } from '../store-transfer/expect-transfer.ts';
import { insertUploadedVolume, newVolumeParams, refuseOtherVolumeFormats } from './new-volume.ts';
import { registerVolume } from './upload-volume.saga.ts';
import { volumePath } from './volume.entity.ts';
import { volumeView } from './volume.view.ts';

export const uploadVolume = command({
  name: 'uploadVolume',
  about: 'Makes an image that is fetched from a web address a data volume; listVolumes tells how far that is.',
  roles: everyRole,
  async: true,
  creates: true,
  event: 'VOLUME.UPLOAD',
  since: '1.0',
  params: {
    ...newVolumeParams,
    url: param.string({
      required: true,
      maxLength: 2048,
      about: 'the http or https address of the file, which may be compressed: gz, bz2, xz, zip',
    }),
  },
  returns: volumeView,
  async execute(args, ctx) {
    refuseOtherVolumeFormats(args.format);
    const url = parseImageUrl(args.url);
    const store = await chooseImageStore(ctx.tx, args.zoneid);
    const { volume, checksum } = await insertUploadedVolume(args, 'fetch', store, ctx);
    await expectTransfer(ctx.tx, ctx.clock, {
      kind: 'download',
      subjectType: 'Volume',
      subjectId: volume.id,
      format: 'qcow2',
      path: volumePath(volume.uuid),
      url,
      checksum,
      store,
    });
    const { id, uuid, accountId } = volume;
    return ctx.jobs.start(registerVolume, { volumeId: id }, { subject: { type: 'Volume', id, uuid, accountId }, fresh: true });
  },
});
