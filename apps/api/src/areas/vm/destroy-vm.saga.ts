// Destroys a machine: off its host at once, its disks kept until it is expunged. With expunge, all of it goes. A host that is known not to be Up
// can't be asked: the machine is Destroyed all the same, keeps its room there, and is ended by the power-state reconciler when the host is back.
import { instanceNameOf, problem, type VmId, vmLifecycle, volumeLifecycle } from '@strata/domain';
import { transition, transitionAll } from '../../kernel/db/transition.ts';
import { type HostsStep, type RowsStep, saga } from '../../kernel/jobs/saga.ts';
import { isLost } from '../host/lost-host.ts';
import { closeToMember, removeFiltersOf } from '../security-group/guest-filters.ts';
import { leaveRouter } from '../router/guest-entries.ts';
import { hostReaching } from '../storage-pool/reaching-hosts.ts';
import { Volume, volumePath } from '../volume/volume.entity.ts';
import { forgetMachine } from './forget-machine.ts';
import { findAbsentHost, forgetFormer, removeMachine } from './machine-steps.ts';
import { VirtualMachine } from './virtual-machine.entity.ts';
import { getVm, leaveHost, moveVm, quitHost } from './vm-rows.ts';

type DestroyInput = { readonly vmId: VmId };
type ExpungeInput = DestroyInput & {
  /** Data disks that go too; the others stay as detached volumes. */
  readonly volumeIds: readonly number[];
};
type Found = { readonly name: string; readonly zoneId: number; readonly hostId: number | null; readonly lastHostId: number | null };
type TakenOff = {
  /** False when the host could not be asked. */
  readonly isOff: boolean;
};
type DoomedFiles = { readonly files: readonly { readonly volumeUuid: string; readonly poolId: number }[] };

export const destroyVm = saga<DestroyInput>('destroyVirtualMachine')
  .rows('destroying', enterDestroying, leaveDestroying)
  .hosts('machine', takeOffHost)
  .rows('destroyed', enterDestroyed);

/** Files go only once the machine is known to run nowhere. */
export const destroyAndExpungeVm = saga<ExpungeInput>('destroyAndExpungeVirtualMachine')
  .rows('destroying', enterDestroying, leaveDestroying)
  .hosts('machine', takeOffHostForGood)
  .rows('destroyed', enterDestroyed)
  .rows('expunging', async (step) => {
    const doomed = await enterExpunging(step);
    // destroyVirtualMachine answers the machine, whose row will be gone by then.
    await step.keepResult('snapshot');
    return doomed;
  })
  .hosts('disks', removeTraces)
  .rows('expunged', leaveNothing);

export const expungeVm = saga<ExpungeInput>('expungeVirtualMachine')
  .rows('expunging', enterExpunging)
  .hosts('disks', removeTraces)
  .rows('expunged', leaveNothing);

/** A running machine is Stopping until its host has let it go; others wait as they are for the last step. */
async function enterDestroying({ tx, input, clock }: RowsStep<DestroyInput, object>): Promise<Found> {
  const vm = await getVm(tx, input.vmId);
  if (vm.state === 'Running') await transition(tx, VirtualMachine, vm, vmLifecycle, 'destroyRequested', { stateChangedAt: clock.now() });
  else if (vm.state !== 'Stopping' && vm.state !== 'Destroyed') vmLifecycle.assertCan(vm.state, 'destroyRequested');
  return { name: instanceNameOf(vm.accountId, vm.id), zoneId: vm.zoneId, hostId: vm.hostId, lastHostId: vm.lastHostId };
}

async function leaveDestroying({ tx, input, clock }: RowsStep<DestroyInput, object>): Promise<void> {
  const vm = await getVm(tx, input.vmId);
  if (vm.state === 'Stopping') await transition(tx, VirtualMachine, vm, vmLifecycle, 'stopFailed', { stateChangedAt: clock.now() });
}

async function takeOffHost(step: HostsStep<DestroyInput, { destroying: Found }>): Promise<TakenOff> {
  const { name, zoneId, hostId, lastHostId } = step.out.destroying;
  await leaveRouter({ vmId: step.input.vmId, zoneId }, step);
  if (hostId === null) {
    if (lastHostId !== null) await forgetFormer(name, lastHostId, step);
    return { isOff: true };
  }
  try {
    await removeMachine(name, hostId, step);
    await removeFiltersOf(step.input.vmId, hostId, step);
    return { isOff: true };
  } catch (error) {
    const absent = isLost(error) ? await findAbsentHost(step.read, hostId) : undefined;
    if (!absent) throw error;
    step.log.warn(
      { machine: name, host: absent.name, hostState: absent.state, err: error },
      'a machine is destroyed on a host that is not Up: it is ended when the host is back',
    );
    return { isOff: false };
  }
}

/** @throws unavailable while the host is not Up */
async function takeOffHostForGood(step: HostsStep<DestroyInput, { destroying: Found }>): Promise<TakenOff> {
  const taken = await takeOffHost(step);
  if (taken.isOff) return taken;
  throw problem(
    'unavailable',
    "the machine may still run on its host, which is not Up, so its disks can't be removed: destroy it without expunge, and it is ended when the host is back",
  );
}

async function enterDestroyed({ tx, input, out, clock }: RowsStep<DestroyInput, { machine: TakenOff }>): Promise<void> {
  const vm = await getVm(tx, input.vmId);
  const { isOff } = out.machine;
  if (vm.state === 'Destroyed') return isOff ? quitHost(tx, vm) : undefined;
  if (vm.state !== 'Stopping') return transition(tx, VirtualMachine, vm, vmLifecycle, 'destroyRequested', { stateChangedAt: clock.now() });
  return isOff ? leaveHost(tx, vm, 'destroyed', clock) : moveVm(tx, vm.id, 'destroyed', clock);
}

/** Data disks that are not to go are detached; what remains with the machine is to be removed, also by a later job when this one is cut short. */
async function enterExpunging({ tx, input, clock }: RowsStep<ExpungeInput, object>): Promise<DoomedFiles> {
  const vm = await getVm(tx, input.vmId);
  if (vm.hostId !== null)
    throw problem(
      'conflict',
      'the machine was destroyed while its host did not answer and may still run there: it can be expunged when the host is back',
    );
  const isFirst = vm.state !== 'Expunging';
  await transition(tx, VirtualMachine, vm, vmLifecycle, 'expungeRequested', { stateChangedAt: clock.now() });
  const volumes = await tx.findBy(Volume, { vmId: vm.id });
  const kept = volumes.filter(({ type, id }) => isFirst && type === 'DATADISK' && !input.volumeIds.includes(id));
  for (const { id } of kept) await tx.update(Volume, { id }, { vmId: null, deviceId: null });
  await transitionAll(tx, Volume, { vmId: vm.id }, volumeLifecycle, 'expungeRequested');
  const doomed = volumes.filter((volume) => !kept.includes(volume));
  return { files: doomed.flatMap(({ uuid, poolId }) => (poolId === null ? [] : [{ volumeUuid: uuid, poolId }])) };
}

async function removeTraces(step: HostsStep<ExpungeInput, { expunging: DoomedFiles }>): Promise<void> {
  await closeToMember(step.input.vmId, step);
  const { out, read, drivers } = step;
  for (const { volumeUuid, poolId } of out.expunging.files) {
    const { driver, address } = await hostReaching(poolId, read, drivers);
    const pool = await read.query<{ uuid: string; server: string; path: string }[]>(
      'SELECT uuid, server, path FROM storage_pool WHERE id = ?',
      [poolId],
    );
    if (!pool[0]) throw problem('unavailable', `primary storage ${poolId} of volume ${volumeUuid} is gone`);
    const mount = { ...pool[0] };
    await driver.mounts.ensure(address, mount);
    await driver.disks.remove(address, { mount, path: volumePath(volumeUuid) });
  }
}

async function leaveNothing({ tx, input }: RowsStep<ExpungeInput, object>): Promise<void> {
  await forgetMachine(tx, input.vmId);
}
