// Every lifecycle by enumeration: each state can be reached from the first, and each that is no end can be left.
import { describe, expect, it } from 'vitest';
import { accountInitialState, accountLifecycle, userInitialState, userLifecycle } from './account/account.states.ts';
import { hostInitialState, hostLifecycle, hostResourceInitialState, hostResourceLifecycle } from './host/host.states.ts';
import { jobInitialState, jobLifecycle, jobStatusNumber } from './job/job.states.ts';
import type { Lifecycle } from './lifecycle.ts';
import * as network from './network/network.states.ts';
import { storagePoolInitialState, storagePoolLifecycle } from './storage/storage-pool.states.ts';
import { systemVmInitialState, systemVmLifecycle } from './system-vm/system-vm.states.ts';
import { templateCopyInitialState, templateCopyLifecycle, templateStatusText } from './template/template.states.ts';
import { vmInitialState, vmLifecycle } from './vm/vm.states.ts';
import { volumeInitialState, volumeLifecycle, volumeUploadStates } from './volume/volume.states.ts';
import { allocationLifecycle, zoneInitialState } from './zone/allocation.states.ts';

type AnyLifecycle = Lifecycle<string, string>;
const every: [noun: string, life: AnyLifecycle, initial: string | readonly string[], ends: string[]][] = [
  ['virtual machine', vmLifecycle as AnyLifecycle, vmInitialState, []],
  ['system machine', systemVmLifecycle as AnyLifecycle, systemVmInitialState, []],
  ['volume', volumeLifecycle as AnyLifecycle, [volumeInitialState, ...Object.values(volumeUploadStates)], ['Expunged']],
  ['host', hostLifecycle as AnyLifecycle, hostInitialState, ['Removed']],
  ['host resource', hostResourceLifecycle as AnyLifecycle, hostResourceInitialState, []],
  ['storage pool', storagePoolLifecycle as AnyLifecycle, storagePoolInitialState, []],
  ['job', jobLifecycle as AnyLifecycle, jobInitialState, ['Succeeded', 'Failed', 'Cancelled']],
  ['account', accountLifecycle as AnyLifecycle, accountInitialState, []],
  ['user', userLifecycle as AnyLifecycle, userInitialState, []],
  ['network', network.networkLifecycle as AnyLifecycle, network.networkInitialState, []],
  ['physical network', network.physicalNetworkLifecycle as AnyLifecycle, network.physicalNetworkInitialState, []],
  ['provider', network.networkServiceProviderLifecycle as AnyLifecycle, network.networkServiceProviderInitialState, []],
  ['allocation', allocationLifecycle as AnyLifecycle, zoneInitialState, []],
  ['template copy', templateCopyLifecycle as AnyLifecycle, templateCopyInitialState, ['Destroyed']],
];

function reachable(life: AnyLifecycle, initial: string | readonly string[]): Set<string> {
  const seen = new Set([initial].flat());
  for (const state of seen)
    for (const event of life.events) {
      const next = life.next(state, event);
      if (next !== undefined) seen.add(next);
    }
  return seen;
}

describe.each(every)('the life of a %s', (_noun, life, initial, ends) => {
  it('reaches each state', () => {
    expect([...reachable(life, initial)].sort()).toEqual([...life.states].sort());
  });

  it('ends only where it should', () => {
    expect(life.states.filter((state) => life.events.every((event) => !life.can(state, event))).sort()).toEqual([...ends].sort());
  });
});

it('shows jobs to clients as pending, succeeded, failed or cancelled', () => {
  expect(jobLifecycle.states.map(jobStatusNumber)).toEqual([0, 0, 2, 1, 2, 3]);
});

it('shows downloads in the words that consoles look for', () => {
  const text = (state: 'Allocated' | 'Creating' | 'Ready' | 'Failed', percent: number, error = '', waiting = '') =>
    templateStatusText({ state, percent, error, waiting });
  expect(text('Allocated', 0)).toBe('Processing');
  expect(text('Allocated', 0, '', 'no secondary storage VM runs')).toBe('no secondary storage VM runs');
  expect(text('Creating', 12.9)).toBe('12% Downloaded');
  expect(text('Creating', 12.9, '', 'the server does not answer')).toBe('12% Downloaded, the server does not answer');
  expect(text('Creating', 100)).toBe('Installing Template');
  expect(text('Ready', 100)).toBe('Download Complete');
  expect(text('Failed', 3, 'checksum differs')).toBe('checksum differs');
});
