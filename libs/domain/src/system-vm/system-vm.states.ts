// The whole life of a system machine.
import { actions, lifecycle } from '../lifecycle.ts';

/**
 * A new row begins as Stopped. A machine leaves through Destroying, whichever state it was in; its row goes when its host has let go of it
 * and its disk is removed. `…Reported` events come from reconciling with what hosts say and act only on rows without a live job.
 */
export const systemVmLifecycle = lifecycle('system machine', {
  Stopped: { startRequested: 'Starting', destroyRequested: 'Destroying', powerOnReported: 'Running' },
  Starting: { started: 'Running', failed: 'Stopped', powerOnReported: 'Running', powerOffReported: 'Stopped' },
  Running: {
    stopRequested: 'Stopping',
    rebootRequested: 'Running',
    migrateRequested: 'Migrating',
    destroyRequested: 'Destroying',
    powerOffReported: 'Stopped',
  },
  Stopping: { stopped: 'Stopped', stopFailed: 'Running', powerOnReported: 'Running', powerOffReported: 'Stopped' },
  Migrating: { migrated: 'Running', migrateFailed: 'Running', powerOnReported: 'Running', powerOffReported: 'Stopped' },
  Destroying: { destroyRequested: 'Destroying' },
});

export type SystemVmState = (typeof systemVmLifecycle.states)[number];
export type SystemVmEvent = (typeof systemVmLifecycle.events)[number];
export const systemVmInitialState: SystemVmState = 'Stopped';

export const systemVmCan = actions(systemVmLifecycle, {
  start: 'startRequested',
  stop: 'stopRequested',
  reboot: 'rebootRequested',
  migrate: 'migrateRequested',
  destroy: 'destroyRequested',
});
