// The life of a virtual machine: the paths users walk.
import { describe, expect, it } from 'vitest';
import { assertVmCan, type VmEvent, type VmState, vmCan, vmLifecycle } from './vm.states.ts';

const walk = (from: VmState, ...events: VmEvent[]) =>
  events.reduce<VmState | undefined>((state, event) => state && vmLifecycle.next(state, event), from);

describe('a virtual machine', () => {
  it('starts, reboots, stops and starts again', () => {
    expect(walk('Stopped', 'startRequested', 'started', 'rebootRequested', 'stopRequested', 'stopped', 'startRequested')).toBe('Starting');
  });

  it('L05 L06 is destroyed, recovered and expunged, also twice', () => {
    expect(walk('Running', 'destroyRequested', 'destroyed', 'recoverRequested')).toBe('Stopped');
    expect(walk('Stopped', 'destroyRequested', 'expungeRequested', 'expungeRequested', 'expunged')).toBe('Expunging');
  });

  it('F02 comes back to the state it had when a start, stop or migration fails', () => {
    expect(walk('Stopped', 'startRequested', 'failed')).toBe('Stopped');
    expect(walk('Running', 'stopRequested', 'stopFailed')).toBe('Running');
    expect(walk('Running', 'migrateRequested', 'migrateFailed')).toBe('Running');
  });

  it('shows a failed deployment as Error, from which only destroying leads', () => {
    expect(walk('Stopped', 'startRequested', 'deployFailed', 'destroyRequested')).toBe('Destroyed');
    expect(vmCan.start('Error').possible).toBe(false);
  });

  it('F30 follows what the host reports', () => {
    expect(walk('Running', 'powerOffReported')).toBe('Stopped');
    expect(walk('Stopped', 'powerOnReported')).toBe('Running');
    expect(vmLifecycle.can('Destroyed', 'powerOnReported')).toBe(false);
  });

  it('refuses in words', () => {
    expect(vmCan.start('Running')).toEqual({ possible: false, reason: 'start is possible only while the state is Stopped, not Running' });
    expect(() => vmLifecycle.assertCan('Stopped', 'stopRequested')).toThrow(
      'the virtual machine is Stopped; this is possible only while it is Running',
    );
  });

  it('is expunged only after it was destroyed', () => {
    expect(vmLifecycle.from('expungeRequested')).toEqual(['Error', 'Destroyed', 'Expunging']);
    expect(walk('Destroyed', 'recoverRequested', 'expungeRequested')).toBeUndefined();
  });

  it.each<[VmState, VmEvent, string]>([
    ['Running', 'startRequested', 'web1 is Running; this is possible only while it is Stopped: call stopVirtualMachine first'],
    ['Stopped', 'rebootRequested', 'web1 is Stopped; this is possible only while it is Running: call startVirtualMachine first'],
    ['Stopped', 'expungeRequested', 'possible only while it is Error, Destroyed or Expunging: call destroyVirtualMachine first'],
    ['Destroyed', 'startRequested', 'call recoverVirtualMachine first'],
    ['Error', 'startRequested', 'remove it with destroyVirtualMachine and deploy another'],
    ['Migrating', 'stopRequested', 'wait until the job that changes it has ended'],
  ])('names itself and the next call: %s, %s', (state, event, text) => {
    expect(() => assertVmCan({ name: 'web1', state }, event)).toThrow(text);
  });
});
