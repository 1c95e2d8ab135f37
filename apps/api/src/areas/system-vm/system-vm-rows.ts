// Changes of the rows of system machines that several sagas and reconcilers share.
import { problem, type SystemVmEvent, systemVmLifecycle } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import type { Clock } from '../../kernel/clock.ts';
import { transition } from '../../kernel/db/transition.ts';
import type { JobSubject } from '../../kernel/jobs/saga.ts';
import { releaseHostCapacity } from '../vm/place-machine.ts';
import { SystemNic, SystemVm } from './system-vm.entity.ts';
import { removeCards } from './system-addresses.ts';

/** @throws conflict when the row is gone: the job before this one has destroyed the machine */
export async function getSystemVm(manager: EntityManager, systemVmId: number): Promise<SystemVm> {
  const vm = await manager.findOneBy(SystemVm, { id: systemVmId });
  if (!vm) throw problem('conflict', 'the system machine was destroyed meanwhile');
  return vm;
}

export async function cardsOf(manager: EntityManager, systemVmId: number): Promise<SystemNic[]> {
  return manager.find(SystemNic, { where: { systemVmId }, order: { deviceId: 'ASC' } });
}

type Extra = Parameters<typeof transition<never, never, SystemVm & { state: never }>>[5];

export async function moveSystemVm(tx: EntityManager, vm: SystemVm, event: SystemVmEvent, clock: Clock, extra: Extra = {}): Promise<void> {
  await transition(tx, SystemVm, vm, systemVmLifecycle, event, { ...extra, stateChangedAt: clock.now() });
}

/** Takes a machine off its host: its room there is free again. Holding none: fine. */
export async function leaveHost(tx: EntityManager, vm: SystemVm, event: SystemVmEvent, clock: Clock, extra: Extra = {}): Promise<void> {
  await releaseRoom(tx, vm);
  await moveSystemVm(tx, vm, event, clock, { ...extra, ...offHost(vm), ...agentGone(clock) });
}

/** Takes a machine that keeps its state off its host: one that is being destroyed. Holding none: fine. */
export async function quitHost(tx: EntityManager, vm: SystemVm): Promise<void> {
  if (vm.hostId === null) return;
  await releaseRoom(tx, vm);
  await tx.update(SystemVm, { id: vm.id }, { ...offHost(vm), version: () => 'version + 1' });
}

async function releaseRoom(tx: EntityManager, vm: SystemVm): Promise<void> {
  if (vm.hostId !== null) await releaseHostCapacity(tx, vm.hostId, vm);
  if (vm.targetHostId !== null) await releaseHostCapacity(tx, vm.targetHostId, vm);
}

const offHost = (vm: SystemVm) => ({ hostId: null, targetHostId: null, lastHostId: vm.hostId ?? vm.lastHostId });

export const agentGone = (clock: Clock) => ({ agentState: 'Disconnected' as const, agentChangedAt: clock.now() });

/** The disk's room in its pool is free again. Holding none: fine. */
export async function releaseDisk(tx: EntityManager, vm: SystemVm): Promise<void> {
  if (vm.poolId === null) return;
  await tx.query('UPDATE storage_pool SET reserved_bytes = reserved_bytes - ? WHERE id = ?', [vm.rootBytes, vm.poolId]);
  await tx.update(SystemVm, { id: vm.id }, { poolId: null, rootBytes: 0 });
  Object.assign(vm, { poolId: null, rootBytes: 0 });
}

/** Removes the rows of a machine and gives back all that they held. Gone already: fine. */
export async function forgetSystemVm(tx: EntityManager, systemVmId: number): Promise<void> {
  const vm = await tx.findOneBy(SystemVm, { id: systemVmId });
  if (!vm) return;
  await quitHost(tx, vm);
  await releaseDisk(tx, vm);
  await removeCards(tx, vm.id);
  await tx.delete(SystemVm, { id: vm.id });
}

/** The machine as the subject of jobs and events. */
export function systemVmSubject(vm: { readonly id: number; readonly uuid: string }): JobSubject {
  return { type: 'SystemVm', id: vm.id, uuid: vm.uuid };
}
