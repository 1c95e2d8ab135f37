// The life of a host: whether it answers (`state`) and whether it may be used (`resource state`).
import { lifecycle } from '../lifecycle.ts';

/**
 * Disconnected: missed its pings for a moment. Down: missed them long enough to act. Alert: answers, but a check failed, and
 * the reason stays with the host; after repair a reconnect is enough (CS-48).
 */
export const hostLifecycle = lifecycle('host', {
  Creating: { connectRequested: 'Connecting', removeRequested: 'Removed' },
  Connecting: { connected: 'Up', unreachable: 'Disconnected', checksFailed: 'Alert', removeRequested: 'Removed' },
  Up: { connectRequested: 'Connecting', unreachable: 'Disconnected', checksFailed: 'Alert', removeRequested: 'Removed' },
  Disconnected: {
    connectRequested: 'Connecting',
    connected: 'Up',
    declaredDown: 'Down',
    checksFailed: 'Alert',
    removeRequested: 'Removed',
  },
  Down: { connectRequested: 'Connecting', connected: 'Up', checksFailed: 'Alert', removeRequested: 'Removed' },
  Alert: { connectRequested: 'Connecting', connected: 'Up', unreachable: 'Disconnected', removeRequested: 'Removed' },
  Removed: {},
});

export type HostState = (typeof hostLifecycle.states)[number];
export const hostInitialState: HostState = 'Creating';

/** Only an Enabled host takes new machines; in maintenance it has none. What could not be emptied, or was found to run machines, can be tried again. */
export const hostResourceLifecycle = lifecycle('host', {
  Creating: { created: 'Enabled' },
  Enabled: { disableRequested: 'Disabled', maintenanceRequested: 'PrepareForMaintenance' },
  Disabled: { enableRequested: 'Enabled', maintenanceRequested: 'PrepareForMaintenance' },
  PrepareForMaintenance: { emptied: 'Maintenance', emptyingFailed: 'ErrorInMaintenance', maintenanceCancelled: 'Enabled' },
  Maintenance: { maintenanceCancelled: 'Enabled', maintenanceBroken: 'ErrorInMaintenance' },
  ErrorInMaintenance: { maintenanceRequested: 'PrepareForMaintenance', maintenanceCancelled: 'Enabled' },
});

export type HostResourceState = (typeof hostResourceLifecycle.states)[number];
export const hostResourceInitialState: HostResourceState = 'Creating';
