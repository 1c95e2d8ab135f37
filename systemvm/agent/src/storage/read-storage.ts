// Reads what the management server, or a signed upload, says to a secondary-storage VM.
import type { DownloadRequest, PublishRequest, StorageConfiguration, TransferTarget, UploadMetadata } from '@strata/domain';
import { readTls } from '../read-tls.ts';
import { list, object, oneOf, text, uuid, whole } from '../read.ts';

const bytes = whole(1, Number.MAX_SAFE_INTEGER);
/** Inside its store: folders and a file, none of which begins with a dot. */
const path = text(255, /^(?:[A-Za-z0-9][A-Za-z0-9._-]*\/)+[A-Za-z0-9][A-Za-z0-9._-]*$/, 'a path inside the store');
const checksum = text(255, /^(\{[A-Za-z0-9-]+\}[0-9a-f]+)?$/, 'a checksum');

const target = {
  id: uuid,
  store: uuid,
  path,
  format: oneOf(['qcow2', 'iso']),
  checksum,
  caps: object({ maxFileBytes: bytes, maxVirtualBytes: bytes }),
};

export const readStorageConfiguration = object<StorageConfiguration>({
  port: whole(1, 65_535),
  tls: readTls,
  stores: list(
    object({
      uuid,
      server: text(253, /^[A-Za-z0-9][A-Za-z0-9.:-]*$/, 'a server'),
      path: text(500, /^\/[A-Za-z0-9/._-]*$/, 'the path of an export'),
    }),
    100,
  ),
  allowedInternalSites: list(text(43, /^[0-9a-fA-F.:]+\/\d{1,3}$/, 'a subnet'), 256),
  uploadKey: text(64, /^[0-9a-f]{64}$/, 'a key'),
});

export const readDownload = object<DownloadRequest>({ ...target, url: text(2_048, /^https?:\/\//, 'a web address') });
export const readUploadMetadata = object<UploadMetadata & TransferTarget>(target);
export const readForget = object<{ readonly id: string; readonly store: string }>({ id: uuid, store: uuid });
export const readUnpublish = object<{ readonly id: string }>({ id: uuid });
export const readNothing = object<Record<string, never>>({});

export const readPublish = object<PublishRequest>({
  id: uuid,
  token: text(43, /^[A-Za-z0-9_-]{43}$/, 'a token'),
  store: uuid,
  path,
  fileName: text(255, /^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'the name of a file'),
  expiresAt: bytes,
});
