// Changes of machine rows that several sagas and reconcilers share.
import { problem, type VmEvent, vmLifecycle, volumeLifecycle } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import type { Clock } from '../../kernel/clock.ts';
import { transitionAll, transitionTogether } from '../../kernel/db/transition.ts';
import type { JobSubject } from '../../kernel/jobs/saga.ts';
import { Volume } from '../volume/volume.entity.ts';
import { releaseHostCapacity } from './place-machine.ts';
import { VirtualMachine } from './virtual-machine.entity.ts';

/** @throws conflict when the row is gone: the job before this one has expunged the machine */
export async function getVm(manager: EntityManager, vmId: number): Promise<VirtualMachine> {
  const vm = await manager.findOneBy(VirtualMachine, { id: vmId });
  if (!vm) throw problem('conflict', 'the virtual machine was expunged meanwhile');
  return vm;
}

/** Moves a machine whose state the caller knows; @throws conflict when it is another by now */
export async function moveVm(
  tx: EntityManager,
  vmId: number,
  event: VmEvent,
  clock: Clock,
  extra: Partial<Pick<VirtualMachine, 'hostId' | 'lastHostId' | 'targetHostId'>> = {},
): Promise<void> {
  const moved = await transitionAll(tx, VirtualMachine, { id: vmId }, vmLifecycle, event, { ...extra, stateChangedAt: clock.now() });
  if (moved === 0) throw problem('conflict', `the virtual machine changed meanwhile: ${event} is no longer possible`);
}

/** The machine runs, and the disks that its start made are there. Running already: fine. @throws conflict in any other state than Starting */
export async function enterRunning(tx: EntityManager, vmId: number, clock: Clock): Promise<void> {
  const isMoved = await transitionTogether(
    tx,
    { entity: VirtualMachine, id: vmId, lifecycle: vmLifecycle, event: 'started', extra: { stateChangedAt: clock.now() } },
    { entity: Volume, by: 'vmId', lifecycle: volumeLifecycle, event: 'created' },
  );
  if (!isMoved && !(await tx.existsBy(VirtualMachine, { id: vmId, state: 'Running' }))) {
    throw problem('conflict', 'the virtual machine changed meanwhile: it can no longer become Running');
  }
}

/** Takes a machine off its host: its room there is free again. Holding none: fine. */
export async function leaveHost(tx: EntityManager, vm: VirtualMachine, event: VmEvent, clock: Clock): Promise<void> {
  if (vm.hostId !== null) await releaseHostCapacity(tx, vm.hostId, vm);
  if (vm.targetHostId !== null) await releaseHostCapacity(tx, vm.targetHostId, vm);
  await moveVm(tx, vm.id, event, clock, { hostId: null, targetHostId: null, lastHostId: vm.hostId ?? vm.lastHostId });
}

/** Takes a machine that keeps its state off its host: one that was destroyed while the host did not answer. Holding none: fine. */
export async function quitHost(tx: EntityManager, vm: VirtualMachine): Promise<void> {
  if (vm.hostId === null) return;
  await releaseHostCapacity(tx, vm.hostId, vm);
  await tx.update(VirtualMachine, { id: vm.id }, { hostId: null, lastHostId: vm.hostId, version: () => 'version + 1' });
}

/** The machine as the subject of jobs and events. */
export function vmSubject(vm: { readonly id: number; readonly uuid: string; readonly accountId: number }): JobSubject {
  return { type: 'VirtualMachine', id: vm.id, uuid: vm.uuid, accountId: vm.accountId };
}
