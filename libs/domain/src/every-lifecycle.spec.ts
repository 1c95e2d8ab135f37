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
import { volumeInitialState, volumeLifecycle } from './volume/volume.states.ts';
import { allocationLifecycle, zoneInitialState } from './zone/allocation.states.ts';

type AnyLifecycle = Lifecycle<string, string>;
const every: [noun: string, life: AnyLifecycle, initial: string, ends: string[]][] = [
  ['virtual machine', vmLifecycle as AnyLifecycle, vmInitialState, []],
  ['system machine', systemVmLifecycle as AnyLifecycle, systemVmInitialState, []],
  ['volume', volumeLifecycle as AnyLifecycle, volumeInitialState, ['Expunged']],
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

function reachable(life: AnyLifecycle, initial: string): Set<string> {
  const seen = new Set([initial]);
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
  expect(templateStatusText('Creating', 12.9, '')).toBe('12% Downloaded');
  expect(templateStatusText('Creating', 100, '')).toBe('Installing Template');
  expect(templateStatusText('Ready', 100, '')).toBe('Download Complete');
  expect(templateStatusText('Failed', 3, 'checksum differs')).toBe('checksum differs');
});
