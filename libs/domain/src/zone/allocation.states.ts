// Whether a zone, pod or cluster takes new machines.
import { lifecycle } from '../lifecycle.ts';

/** Zones start Disabled, pods and clusters Enabled. */
export const allocationLifecycle = lifecycle('zone, pod or cluster', {
  Disabled: { enableRequested: 'Enabled' },
  Enabled: { disableRequested: 'Disabled' },
});

export type AllocationState = (typeof allocationLifecycle.states)[number];
export const zoneInitialState: AllocationState = 'Disabled';
export const podInitialState: AllocationState = 'Enabled';
export const clusterInitialState: AllocationState = 'Enabled';
