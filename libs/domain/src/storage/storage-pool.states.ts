// The whole life of a primary storage pool.
import { lifecycle } from '../lifecycle.ts';

/** Only an Up pool takes new volumes; Disabled keeps serving those it has. Removed is on its way out: hosts let go of it. */
export const storagePoolLifecycle = lifecycle('primary storage pool', {
  Initialized: { attachRequested: 'Attaching', removeRequested: 'Removed' },
  Attaching: { attached: 'Up', attachFailed: 'Initialized' },
  Up: { disableRequested: 'Disabled', maintenanceRequested: 'PrepareForMaintenance', removeRequested: 'Removed' },
  Disabled: { enableRequested: 'Up', maintenanceRequested: 'PrepareForMaintenance', removeRequested: 'Removed' },
  PrepareForMaintenance: { emptied: 'Maintenance', emptyingFailed: 'ErrorInMaintenance', cancelRequested: 'CancelMaintenance' },
  ErrorInMaintenance: { maintenanceRequested: 'PrepareForMaintenance', cancelRequested: 'CancelMaintenance' },
  Maintenance: { cancelRequested: 'CancelMaintenance', removeRequested: 'Removed' },
  CancelMaintenance: { attached: 'Up', attachFailed: 'ErrorInMaintenance' },
  Removed: { removeFailed: 'Disabled' },
});

export type StoragePoolState = (typeof storagePoolLifecycle.states)[number];
export const storagePoolInitialState: StoragePoolState = 'Initialized';
