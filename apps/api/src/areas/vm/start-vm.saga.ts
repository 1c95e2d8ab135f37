// Starts a stopped machine: chooses a host that reaches its disks, makes what it lacks, and boots it.
import { problem, type VmId, vmLifecycle, volumeLifecycle } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import { transition, transitionAll } from '../../kernel/db/transition.ts';
import { type RowsStep, saga } from '../../kernel/jobs/saga.ts';
import { assignAddress, claimAddress, releaseAddressOf } from '../network/guest-addresses.ts';
import { ServiceOffering } from '../offering/service-offering.entity.ts';
import { expectCopyInPool, giveUpCopy, markCopiesReady } from '../template/template-copies.ts';
import { expectIso } from '../template/iso-in-pool.ts';
import { Template } from '../template/template.entity.ts';
import { Volume } from '../volume/volume.entity.ts';
import { planOf } from './allocate-machine.ts';
import type { Destination } from './destination.ts';
import type { MachinePlan } from './machine-plan.ts';
import { createDisks, forgetFormer, removeNewDisks, startMachine, takeBackMachine } from './machine-steps.ts';
import { offeringRequest, placeMachine, type Placed, placeOf, type PlaceRequest, releaseHostCapacity } from './place-machine.ts';
import { Nic, VirtualMachine } from './virtual-machine.entity.ts';
import { enterRunning, getVm, moveVm } from './vm-rows.ts';

type StartInput = Destination & { readonly vmId: VmId };

type StartPlan = MachinePlan & {
  readonly lastHostId: number | null;
  /** Cards that got their address by this start. */
  readonly addressedNicIds: readonly number[];
};

export const startVm = saga<StartInput>('startVirtualMachine')
  .rows('starting', enterStarting, leaveStarting)
  .hosts(
    'disks',
    async (step) => createDisks(step.out.starting, step),
    async (step) => {
      if (step.out.starting) await removeNewDisks(step.out.starting, step);
    },
  )
  .hosts(
    'machine',
    async (step) => {
      const { name, hostId, lastHostId } = step.out.starting;
      if (lastHostId !== null && lastHostId !== hostId) await forgetFormer(name, lastHostId, step);
      await startMachine(step.out.starting, step);
    },
    async (step) => {
      if (!step.out.starting) return;
      const { lastHostId } = step.out.starting;
      await takeBackMachine(step.out.starting, step, { lastHostId, vmId: step.input.vmId });
    },
  )
  .rows('running', async ({ tx, input, out, clock }) => {
    await enterRunning(tx, input.vmId, clock);
    await markCopiesReady(tx, out.starting);
  });

async function enterStarting({ tx, input, settings, clock }: RowsStep<StartInput, object>): Promise<StartPlan> {
  const vm = await getVm(tx, input.vmId);
  if (vm.state !== 'Starting') vmLifecycle.assertCan(vm.state, 'startRequested');
  const volumes = await tx.find(Volume, { where: { vmId: vm.id }, order: { deviceId: 'ASC' } });
  const root = volumes[0];
  if (!root) throw problem('conflict', 'the virtual machine has no root disk and cannot start: destroy it');
  const nics = await tx.find(Nic, { where: { vmId: vm.id }, order: { deviceId: 'ASC' } });
  const [template, offering] = await Promise.all([
    tx.findOneByOrFail(Template, { id: vm.templateId }),
    tx.findOneByOrFail(ServiceOffering, { id: vm.serviceOfferingId as ServiceOffering['id'] }),
  ]);
  const missing = volumes.filter((volume) => volume.state === 'Allocated');
  const request: PlaceRequest = {
    ...offeringRequest(vm, offering, template),
    diskBytes: missing.reduce((sum, volume) => sum + volume.sizeBytes, 0),
    hostId: input.hostId,
    poolId: root.poolId ?? undefined,
    podId: await podOf(tx, nics),
    within: input,
  };
  const { lastHostId } = vm;
  const startPlan = async (placed: Placed, addressedNicIds: readonly number[]): Promise<StartPlan> => {
    const iso = vm.isoId === null ? null : await expectIso(tx, vm.isoId, { id: placed.pool.id, zoneId: vm.zoneId });
    return { ...planOf(vm, template, placed, volumes, nics, iso), lastHostId, addressedNicIds };
  };
  // Starting already: this step was done, and says again what it did.
  if (vm.state === 'Starting') return startPlan(await placeOf(tx, settings, request, vm), []);
  const placed = await placeMachine(tx, settings, request);
  await transition(tx, VirtualMachine, vm, vmLifecycle, 'startRequested', { hostId: placed.host.id, stateChangedAt: clock.now() });
  if (missing.length > 0) await transitionAll(tx, Volume, { vmId: vm.id }, volumeLifecycle, 'createRequested', { poolId: placed.pool.id });
  const addressedNicIds = await addressCards(tx, nics, placed);
  if (missing.length > 0 && placed.pool.templateState === null)
    await expectCopyInPool(tx, template, { id: placed.pool.id, zoneId: vm.zoneId });
  return startPlan(placed, addressedNicIds);
}

/** The pod that the machine's addresses belong to; undefined while it has none. */
async function podOf(tx: EntityManager, nics: readonly Nic[]): Promise<number | undefined> {
  const rangeId = nics.find((nic) => nic.rangeId !== null)?.rangeId;
  if (rangeId === undefined) return undefined;
  const rows = await tx.query<{ podId: number | null }[]>('SELECT pod_id AS podId FROM vlan_ip_range WHERE id = ?', [rangeId]);
  return rows[0]?.podId ?? undefined;
}

/** Gives an address to cards that have none yet. @returns the ids of those cards */
async function addressCards(tx: EntityManager, nics: readonly Nic[], { host }: Placed): Promise<number[]> {
  const bare = nics.filter(({ ip }) => ip === null);
  for (const nic of bare) {
    const address = await claimAddress(tx, { id: nic.networkId }, host.podId);
    await assignAddress(tx, address.addressId, nic.id);
    await tx.update(Nic, { id: nic.id }, { ip: address.ip, rangeId: address.rangeId });
  }
  return bare.map(({ id }) => id);
}

async function leaveStarting({ tx, input, out, clock }: RowsStep<StartInput, { starting?: StartPlan }>): Promise<void> {
  const vm = await getVm(tx, input.vmId);
  for (const volume of await tx.findBy(Volume, { vmId: vm.id, state: 'Creating' })) {
    await tx.query('UPDATE storage_pool SET reserved_bytes = reserved_bytes - ? WHERE id = ?', [volume.sizeBytes, volume.poolId]);
    await transition(tx, Volume, volume, volumeLifecycle, 'createFailed', { poolId: null });
  }
  for (const nicId of out.starting?.addressedNicIds ?? []) await releaseAddressOf(tx, nicId);
  if (out.starting) await giveUpCopy(tx, out.starting);
  if (vm.state !== 'Starting') return;
  // It never ran there: where it ran last stays as it was.
  if (vm.hostId !== null) await releaseHostCapacity(tx, vm.hostId, vm);
  await moveVm(tx, vm.id, 'failed', clock, { hostId: null });
}
