// The whole life of a virtual machine.
import { actions, lifecycle } from '../lifecycle.ts';

/**
 * A new row begins as Stopped. Only what was destroyed before, or never came up, can be expunged. Destroying a running machine goes through Stopping; Expunging is the last state, after
 * `expunged` the row is marked removed. `…Reported` events come from reconciling with what hosts say and act only on rows
 * without a live job; in the states on their way they end what a lost job left.
 */
export const vmLifecycle = lifecycle('virtual machine', {
  Stopped: {
    startRequested: 'Starting',
    deployFailed: 'Error',
    destroyRequested: 'Destroyed',
    powerOnReported: 'Running',
  },
  Starting: {
    started: 'Running',
    failed: 'Stopped',
    deployFailed: 'Error',
    powerOnReported: 'Running',
    powerOffReported: 'Stopped',
  },
  Running: {
    stopRequested: 'Stopping',
    destroyRequested: 'Stopping',
    rebootRequested: 'Running',
    migrateRequested: 'Migrating',
    powerOffReported: 'Stopped',
  },
  Stopping: {
    stopped: 'Stopped',
    stopFailed: 'Running',
    destroyed: 'Destroyed',
    powerOnReported: 'Running',
    powerOffReported: 'Stopped',
  },
  Migrating: {
    migrated: 'Running',
    migrateFailed: 'Running',
    powerOnReported: 'Running',
    powerOffReported: 'Stopped',
  },
  Error: { destroyRequested: 'Destroyed', expungeRequested: 'Expunging' },
  Destroyed: { recoverRequested: 'Stopped', expungeRequested: 'Expunging' },
  Expunging: { expungeRequested: 'Expunging', expunged: 'Expunging' },
});

export type VmState = (typeof vmLifecycle.states)[number];
export type VmEvent = (typeof vmLifecycle.events)[number];
export const vmInitialState: VmState = 'Stopped';

/** @throws conflict that names the machine and the call that comes first */
export function assertVmCan(vm: { readonly name: string; readonly state: VmState }, event: VmEvent): void {
  vmLifecycle.assertCan(vm.state, event, { name: vm.name, remedy: remedyFor(vm.state, vmLifecycle.from(event)) });
}

function remedyFor(state: VmState, wanted: readonly VmState[]): string | undefined {
  switch (state) {
    case 'Destroyed':
      return 'call recoverVirtualMachine first';
    case 'Error':
      return 'it never came up, remove it with destroyVirtualMachine and deploy another';
    case 'Expunging':
      return 'it is being removed for good';
    case 'Running':
    case 'Stopped':
      if (wanted.includes('Running')) return 'call startVirtualMachine first';
      if (wanted.includes('Stopped')) return 'call stopVirtualMachine first';
      return 'call destroyVirtualMachine first';
    default:
      return 'wait until the job that changes it has ended';
  }
}

export const vmCan = actions(vmLifecycle, {
  start: 'startRequested',
  stop: 'stopRequested',
  reboot: 'rebootRequested',
  migrate: 'migrateRequested',
  destroy: 'destroyRequested',
  recover: 'recoverRequested',
  expunge: 'expungeRequested',
});
