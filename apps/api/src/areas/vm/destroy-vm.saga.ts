// Destroys a machine: off its host at once, its disks kept until it is expunged. With expunge, all of it goes.
import { instanceNameOf, problem, type VmId, vmLifecycle, volumeLifecycle } from '@strata/domain';
import { transition, transitionAll } from '../../kernel/db/transition.ts';
import { type HostsStep, type RowsStep, saga } from '../../kernel/jobs/saga.ts';
import { hostReaching } from '../storage-pool/reaching-hosts.ts';
import { Volume, volumePath } from '../volume/volume.entity.ts';
import { forgetMachine } from './forget-machine.ts';
import { forgetFormer, removeMachine } from './machine-steps.ts';
import { VirtualMachine } from './virtual-machine.entity.ts';
import { getVm, leaveHost } from './vm-rows.ts';

type DestroyInput = { readonly vmId: VmId };
type ExpungeInput = DestroyInput & {
  /** Data disks that go too; the others stay as detached volumes. */
  readonly volumeIds: readonly number[];
};
type Found = { readonly name: string; readonly hostId: number | null; readonly lastHostId: number | null };
type DoomedFiles = { readonly files: readonly { readonly volumeUuid: string; readonly poolId: number }[] };

export const destroyVm = saga<DestroyInput>('destroyVirtualMachine')
  .rows('destroying', enterDestroying, leaveDestroying)
  .hosts('machine', takeOffHost)
  .rows('destroyed', enterDestroyed);

export const destroyAndExpungeVm = saga<ExpungeInput>('destroyAndExpungeVirtualMachine')
  .rows('destroying', enterDestroying, leaveDestroying)
  .hosts('machine', takeOffHost)
  .rows('destroyed', enterDestroyed)
  .rows('expunging', async (step) => {
    const doomed = await enterExpunging(step);
    // destroyVirtualMachine answers the machine, whose row will be gone by then.
    await step.keepResult('snapshot');
    return doomed;
  })
  .hosts('disks', removeFiles)
  .rows('expunged', leaveNothing);

export const expungeVm = saga<ExpungeInput>('expungeVirtualMachine')
  .rows('expunging', enterExpunging)
  .hosts('disks', removeFiles)
  .rows('expunged', leaveNothing);

/** A running machine goes through Stopping; a stopped one is Destroyed at once. */
async function enterDestroying({ tx, input, clock }: RowsStep<DestroyInput, object>): Promise<Found> {
  const vm = await getVm(tx, input.vmId);
  if (vm.state !== 'Destroyed') await transition(tx, VirtualMachine, vm, vmLifecycle, 'destroyRequested', { stateChangedAt: clock.now() });
  return { name: instanceNameOf(vm.accountId, vm.id), hostId: vm.hostId, lastHostId: vm.lastHostId };
}

async function leaveDestroying({ tx, input, clock }: RowsStep<DestroyInput, object>): Promise<void> {
  const vm = await getVm(tx, input.vmId);
  if (vm.state === 'Stopping') await transition(tx, VirtualMachine, vm, vmLifecycle, 'stopFailed', { stateChangedAt: clock.now() });
}

async function takeOffHost(step: HostsStep<DestroyInput, { destroying: Found }>): Promise<void> {
  const { name, hostId, lastHostId } = step.out.destroying;
  if (hostId !== null) await removeMachine(name, hostId, step);
  else if (lastHostId !== null) await forgetFormer(name, lastHostId, step);
}

async function enterDestroyed({ tx, input, clock }: RowsStep<DestroyInput, object>): Promise<void> {
  const vm = await getVm(tx, input.vmId);
  if (vm.state === 'Stopping') await leaveHost(tx, vm, 'destroyed', clock);
}

/** Data disks that are not to go are detached; what remains with the machine is to be removed. */
async function enterExpunging({ tx, input, clock }: RowsStep<ExpungeInput, object>): Promise<DoomedFiles> {
  const vm = await getVm(tx, input.vmId);
  await transition(tx, VirtualMachine, vm, vmLifecycle, 'expungeRequested', { stateChangedAt: clock.now() });
  const volumes = await tx.findBy(Volume, { vmId: vm.id });
  for (const kept of volumes.filter(({ type, id }) => type === 'DATADISK' && !input.volumeIds.includes(id))) {
    await tx.update(Volume, { id: kept.id }, { vmId: null, deviceId: null });
  }
  const doomed = volumes.filter(({ type, id }) => type === 'ROOT' || input.volumeIds.includes(id));
  await transitionAll(tx, Volume, { vmId: vm.id }, volumeLifecycle, 'expungeRequested');
  return { files: doomed.flatMap(({ uuid, poolId }) => (poolId === null ? [] : [{ volumeUuid: uuid, poolId }])) };
}

async function removeFiles({ out, read, drivers }: HostsStep<ExpungeInput, { expunging: DoomedFiles }>): Promise<void> {
  for (const { volumeUuid, poolId } of out.expunging.files) {
    const { driver, address } = await hostReaching(poolId, read, drivers);
    const pool = await read.query<{ uuid: string; server: string; path: string }[]>('SELECT uuid, server, path FROM storage_pool WHERE id = ?', [poolId]);
    if (!pool[0]) throw problem('unavailable', `primary storage ${poolId} of volume ${volumeUuid} is gone`);
    const mount = { ...pool[0] };
    await driver.mounts.ensure(address, mount);
    await driver.disks.remove(address, { mount, path: volumePath(volumeUuid) });
  }
}

async function leaveNothing({ tx, input }: RowsStep<ExpungeInput, object>): Promise<void> {
  await forgetMachine(tx, input.vmId);
}
