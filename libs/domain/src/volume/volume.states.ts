// The whole life of a volume.
import { lifecycle } from '../lifecycle.ts';

/**
 * Volumes that come from outside wait for their upload (NotUploaded), arrive (UploadInProgress, or UploadOp when they are fetched by address) and are
 * then in secondary storage (Uploaded). Allocated is a row without a file. An expunge may begin anywhere before the end, and again after it was cut short.
 */
export const volumeLifecycle = lifecycle('volume', {
  Allocated: { createRequested: 'Creating', destroyRequested: 'Destroy', expungeRequested: 'Expunging' },
  Creating: { created: 'Ready', createFailed: 'Allocated', expungeRequested: 'Expunging' },
  Ready: { destroyRequested: 'Destroy', expungeRequested: 'Expunging' },
  Destroy: { recoverRequested: 'Ready', recoverUncreatedRequested: 'Allocated', expungeRequested: 'Expunging' },
  NotUploaded: {
    uploadBegan: 'UploadInProgress',
    uploaded: 'Uploaded',
    uploadFailed: 'UploadError',
    uploadAbandoned: 'UploadAbandoned',
    expungeRequested: 'Expunging',
  },
  UploadInProgress: {
    uploaded: 'Uploaded',
    uploadFailed: 'UploadError',
    uploadAbandoned: 'UploadAbandoned',
    expungeRequested: 'Expunging',
  },
  UploadOp: { uploaded: 'Uploaded', uploadFailed: 'UploadError', expungeRequested: 'Expunging' },
  Uploaded: { expungeRequested: 'Expunging' },
  UploadError: { fetchRequested: 'UploadOp', expungeRequested: 'Expunging' },
  UploadAbandoned: { expungeRequested: 'Expunging' },
  Expunging: { expungeRequested: 'Expunging', expunged: 'Expunged' },
  Expunged: {},
});

export type VolumeState = (typeof volumeLifecycle.states)[number];
export const volumeInitialState: VolumeState = 'Allocated';
/** Of volumes that come from outside. */
export const volumeUploadStates = { upload: 'NotUploaded', fetch: 'UploadOp' } as const satisfies Record<string, VolumeState>;
