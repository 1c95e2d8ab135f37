// Signed parameters with which a file is sent to a secondary-storage VM: once, and within a while.
import { createHmac } from 'node:crypto';
import { problem, type UploadMetadata, uploadPath, uploadSigningText } from '@strata/domain';
import type { CommandContext } from '../../kernel/command/command.ts';
import { field, view } from '../../kernel/command/view.ts';
import type { ImageStore } from '../image-store/image-store.entity.ts';
import { expectTransfer } from './expect-transfer.ts';
import { storageSite } from './storage-site.ts';
import { isAtWork, readStorageVms, whyIdle } from './storage-vm.ts';
import { uploadWindowMinutes } from './store-transfer.settings.ts';
import type { StoreTransfer } from './store-transfer.entity.ts';
import { capsOf } from './transfer-caps.ts';
import { uploadKeyOf } from './upload-key.ts';

interface UploadParams {
  readonly uuid: string;
  readonly postUrl: string;
  readonly metadata: string;
  readonly expires: string;
  readonly signature: string;
}

export const uploadParamsView = view<UploadParams>('getuploadparams', {
  id: field.string('the id of what the file becomes', (upload) => upload.uuid),
  postURL: field.string('where to send the file, by POST as form data or as it is', (upload) => upload.postUrl),
  metadata: field.string('to be sent as header X-metadata', (upload) => upload.metadata),
  expires: field.string('until when the upload may begin; to be sent as header X-expires', (upload) => upload.expires),
  signature: field.string('to be sent as header X-signature', (upload) => upload.signature),
});

interface Upload extends Pick<StoreTransfer, 'subjectType' | 'subjectId' | 'format' | 'path' | 'checksum'> {
  /** Of what the file becomes, as the API knows it. */
  readonly uuid: string;
  readonly store: ImageStore;
}

/** @throws unavailable while the zone has no secondary-storage VM that works */
export async function prepareUpload(
  { uuid, store, ...what }: Upload,
  { tx, settings, secrets, clock }: CommandContext,
): Promise<UploadParams> {
  const vm = (await readStorageVms(tx)).get(store.zoneId);
  if (!isAtWork(vm) || vm.ip === null)
    throw problem('unavailable', `nothing can be uploaded to the zone now: ${whyIdle(vm)}; try again in a minute`);
  const site = await storageSite(tx, settings, { zoneId: vm.zoneId, ip: vm.ip });
  const expiresAt = new Date(clock.now().getTime() + settings.get(uploadWindowMinutes) * 60_000);
  const transfer = await expectTransfer(tx, clock, { ...what, kind: 'upload', url: '', store, systemVmId: vm.id, expiresAt });
  const said: UploadMetadata = {
    id: transfer.uuid,
    store: store.uuid,
    path: what.path,
    format: what.format,
    checksum: what.checksum,
    caps: capsOf(what, settings),
  };
  const metadata = Buffer.from(JSON.stringify(said)).toString('base64url');
  const path = uploadPath(transfer.uuid);
  const expires = expiresAt.toISOString();
  const signature = createHmac('sha256', Buffer.from(uploadKeyOf(vm, secrets), 'hex')).update(uploadSigningText(metadata, path, expires));
  return { uuid, postUrl: `${site.url}${path}`, metadata, expires, signature: signature.digest('hex') };
}
