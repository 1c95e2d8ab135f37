// Moves a running machine to another host of its cluster. Until it has arrived it holds room on both.
import { type VmId, vmLifecycle } from '@strata/domain';
import { transition } from '../../kernel/db/transition.ts';
import { type HostsStep, type RowsStep, saga } from '../../kernel/jobs/saga.ts';
import { consolePasswordOf } from '../console/console-password.ts';
import { Host } from '../host/host.entity.ts';
import { isLost } from '../host/lost-host.ts';
import { applyFiltersOf, removeFiltersOf } from '../security-group/guest-filters.ts';
import { type MachinePlan, machineSpec } from './machine-plan.ts';
import { moveMachine, moveMachineBack } from './move-machine.ts';
import { movedPlanOf, moveRequestOf } from './move-request.ts';
import { placeMachine, placeOf, releaseHostCapacity } from './place-machine.ts';
import { VirtualMachine } from './virtual-machine.entity.ts';
import { getVm, moveVm } from './vm-rows.ts';

export type MigrateInput = { readonly vmId: VmId; readonly hostId: number | null };
type Moving = { readonly plan: MachinePlan; readonly fromHostId: number; readonly fromBridge: string };

export const migrateVm = saga<MigrateInput>('migrateVirtualMachine')
  .rows('migrating', enterMigrating, leaveMigrating)
  .hosts('machine', cross, goBack)
  .rows('moved', enterMoved);

async function enterMigrating({ tx, input, settings, clock }: RowsStep<MigrateInput, object>): Promise<Moving> {
  const vm = await getVm(tx, input.vmId);
  const isRepeated = vm.state === 'Migrating';
  if (!isRepeated) vmLifecycle.assertCan(vm.state, 'migrateRequested', { name: vm.name });
  const request = await moveRequestOf(tx, vm, input.hostId ?? undefined);
  const placed = isRepeated ? await placeOf(tx, settings, request, { hostId: vm.targetHostId }) : await placeMachine(tx, settings, request);
  if (!isRepeated)
    await transition(tx, VirtualMachine, vm, vmLifecycle, 'migrateRequested', {
      targetHostId: placed.host.id,
      stateChangedAt: clock.now(),
    });
  const source = await tx.findOneByOrFail(Host, { id: request.exceptHostId });
  return { plan: await movedPlanOf(tx, vm, placed), fromHostId: source.id, fromBridge: source.guestBridge };
}

async function leaveMigrating({ tx, input, clock }: RowsStep<MigrateInput, object>): Promise<void> {
  const vm = await getVm(tx, input.vmId);
  if (vm.state !== 'Migrating') return;
  if (vm.targetHostId !== null) await releaseHostCapacity(tx, vm.targetHostId, vm);
  await moveVm(tx, vm.id, 'migrateFailed', clock, { targetHostId: null });
}

type MovingStep = HostsStep<MigrateInput, { readonly migrating: Moving }>;

async function cross(step: MovingStep): Promise<void> {
  const { plan, fromHostId } = step.out.migrating;
  const { vmId } = step.input;
  // Before there is an interface, so that no frame passes it unseen.
  await applyFiltersOf({ id: vmId }, plan.hostId, step);
  await moveMachine({ fromHostId, toHostId: plan.hostId }, machineSpec(plan, consolePasswordOf(step.secrets, plan.uuid)), step);
  try {
    await removeFiltersOf(vmId, fromHostId, step);
  } catch (error) {
    if (!isLost(error)) throw error;
    step.log.warn({ machine: plan.name, err: error }, 'the host that a machine has left keeps its filters until it answers again');
  }
}

async function goBack(step: HostsStep<MigrateInput, { readonly migrating?: Moving }>): Promise<void> {
  if (!step.out.migrating) return;
  const { plan, fromHostId, fromBridge } = step.out.migrating;
  const { vmId } = step.input;
  const hosts = await step.read.find(Host, { select: { id: true }, where: [{ id: fromHostId }, { id: plan.hostId }] });
  const isThere = (hostId: number) => hosts.some(({ id }) => id === hostId);
  if (isThere(fromHostId)) await applyFiltersOf({ id: vmId }, fromHostId, step);
  const asItWas = machineSpec({ ...plan, bridge: fromBridge }, consolePasswordOf(step.secrets, plan.uuid));
  await moveMachineBack({ fromHostId, toHostId: plan.hostId }, asItWas, step);
  if (isThere(plan.hostId)) await removeFiltersOf(vmId, plan.hostId, step);
}

async function enterMoved({ tx, input, out, clock }: RowsStep<MigrateInput, { readonly migrating: Moving }>): Promise<void> {
  const vm = await getVm(tx, input.vmId);
  const { hostId } = out.migrating.plan;
  if (vm.state === 'Running' && vm.hostId === hostId) return;
  await moveVm(tx, vm.id, 'migrated', clock, { hostId, targetHostId: null });
  if (vm.hostId !== null) await releaseHostCapacity(tx, vm.hostId, vm);
}
