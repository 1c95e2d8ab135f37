// Starts a stopped machine: chooses a host that reaches its disks, makes what it lacks, and boots it.
import { problem, type VmId, vmLifecycle, volumeLifecycle } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import { transition, transitionAll } from '../../kernel/db/transition.ts';
import { type RowsStep, saga } from '../../kernel/jobs/saga.ts';
import { assignAddress, claimAddress } from '../network/guest-addresses.ts';
import { ServiceOffering } from '../offering/service-offering.entity.ts';
import { expectCopyInPool, markTemplateReady } from '../template/template-copies.ts';
import { Template } from '../template/template.entity.ts';
import { Volume } from '../volume/volume.entity.ts';
import { planOf } from './allocate-machine.ts';
import type { MachinePlan } from './machine-plan.ts';
import { createDisks, forgetFormer, removeMachine, removeNewDisks, startMachine } from './machine-steps.ts';
import { offeringRequest, placeMachine, type Placed } from './place-machine.ts';
import { Nic, VirtualMachine } from './virtual-machine.entity.ts';
import { enterRunning, getVm, leaveHost } from './vm-rows.ts';

type StartInput = {
  readonly vmId: VmId;
  readonly hostId?: number;
};

type StartPlan = MachinePlan & { readonly lastHostId: number | null };

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
      if (step.out.starting) await removeMachine(step.out.starting.name, step.out.starting.hostId, step);
    },
  )
  .rows('running', async ({ tx, input, out, clock }) => {
    await enterRunning(tx, input.vmId, clock);
    await transitionAll(tx, Volume, { vmId: input.vmId }, volumeLifecycle, 'created');
    if (!out.starting.templateReady) await markTemplateReady(tx, out.starting.templateId, out.starting.poolId);
  });

async function enterStarting({ tx, input, settings, clock }: RowsStep<StartInput, object>): Promise<StartPlan> {
  const vm = await getVm(tx, input.vmId);
  vmLifecycle.assertCan(vm.state, 'startRequested');
  const volumes = await tx.find(Volume, { where: { vmId: vm.id }, order: { deviceId: 'ASC' } });
  const root = volumes[0];
  if (!root) throw problem('conflict', 'the virtual machine has no root disk and cannot start: destroy it');
  const nics = await tx.find(Nic, { where: { vmId: vm.id }, order: { deviceId: 'ASC' } });
  const [template, offering] = await Promise.all([
    tx.findOneByOrFail(Template, { id: vm.templateId }),
    tx.findOneByOrFail(ServiceOffering, { id: vm.serviceOfferingId as ServiceOffering['id'] }),
  ]);
  const missing = volumes.filter((volume) => volume.state === 'Allocated');
  const placed = await placeMachine(tx, settings, {
    ...offeringRequest(vm, offering, template),
    diskBytes: missing.reduce((sum, volume) => sum + volume.sizeBytes, 0),
    hostId: input.hostId,
    poolId: root.poolId ?? undefined,
    podId: await podOf(tx, nics),
  });
  await transition(tx, VirtualMachine, vm, vmLifecycle, 'startRequested', { hostId: placed.host.id, stateChangedAt: clock.now() });
  await transitionAll(tx, Volume, { vmId: vm.id }, volumeLifecycle, 'createRequested', { poolId: placed.pool.id });
  await addressCards(tx, nics, placed);
  if (missing.length > 0 && placed.pool.templateState === null) await expectCopyInPool(tx, template, { id: placed.pool.id, zoneId: vm.zoneId });
  return { ...planOf(vm, template, placed, volumes, nics), lastHostId: vm.lastHostId };
}

/** The pod that the machine's addresses belong to; undefined while it has none. */
async function podOf(tx: EntityManager, nics: readonly Nic[]): Promise<number | undefined> {
  const rangeId = nics.find((nic) => nic.rangeId !== null)?.rangeId;
  if (rangeId === undefined) return undefined;
  const rows = await tx.query<{ podId: number | null }[]>('SELECT pod_id AS podId FROM vlan_ip_range WHERE id = ?', [rangeId]);
  return rows[0]?.podId ?? undefined;
}

/** Gives an address to cards that have none yet. */
async function addressCards(tx: EntityManager, nics: readonly Nic[], { host }: Placed): Promise<void> {
  for (const nic of nics.filter(({ ip }) => ip === null)) {
    const address = await claimAddress(tx, { id: nic.networkId }, host.podId);
    await assignAddress(tx, address.addressId, nic.id);
    await tx.update(Nic, { id: nic.id }, { ip: address.ip, rangeId: address.rangeId });
  }
}

async function leaveStarting({ tx, input, clock }: RowsStep<StartInput, object>): Promise<void> {
  const vm = await getVm(tx, input.vmId);
  if (vm.state !== 'Starting') return;
  const making = await tx.findBy(Volume, { vmId: vm.id, state: 'Creating' });
  for (const volume of making) {
    await tx.query('UPDATE storage_pool SET reserved_bytes = reserved_bytes - ? WHERE id = ?', [volume.sizeBytes, volume.poolId]);
    await transition(tx, Volume, volume, volumeLifecycle, 'createFailed', { poolId: null });
  }
  await leaveHost(tx, vm, 'failed', clock);
}
