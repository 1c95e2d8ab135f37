// The whole life of a volume.
import { lifecycle } from '../lifecycle.ts';

/** Allocated is a row without a file. An expunge may begin anywhere before the end, and again after it was cut short. */
export const volumeLifecycle = lifecycle('volume', {
  Allocated: { createRequested: 'Creating', destroyRequested: 'Destroy', expungeRequested: 'Expunging' },
  Creating: { created: 'Ready', createFailed: 'Allocated', expungeRequested: 'Expunging' },
  Ready: { destroyRequested: 'Destroy', expungeRequested: 'Expunging' },
  Destroy: { recoverRequested: 'Ready', recoverUncreatedRequested: 'Allocated', expungeRequested: 'Expunging' },
  Expunging: { expungeRequested: 'Expunging', expunged: 'Expunged' },
  Expunged: {},
});

export type VolumeState = (typeof volumeLifecycle.states)[number];
export const volumeInitialState: VolumeState = 'Allocated';
