// Moves a running system machine to another host of its cluster. Until it has arrived it holds room on both.
import { systemVmLifecycle } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import { type HostsStep, type RowsStep, saga } from '../../kernel/jobs/saga.ts';
import { consolePasswordOf } from '../console/console-password.ts';
import { Host } from '../host/host.entity.ts';
import { ServiceOffering } from '../offering/service-offering.entity.ts';
import { Template } from '../template/template.entity.ts';
import { moveMachine, moveMachineBack } from '../vm/move-machine.ts';
import type { MoveRequest } from '../vm/move-request.ts';
import { offeringRequest, placeMachine, type Placed, placeOf, releaseHostCapacity } from '../vm/place-machine.ts';
import { Zone } from '../zone/zone.entity.ts';
import { managementBridgeOf } from './management-bridge.ts';
import { controlCardsOf, planSystemMachine, type SystemMachinePlan, systemMachineSpec } from './system-machine-plan.ts';
import type { SystemVm } from './system-vm.entity.ts';
import { cardsOf, getSystemVm, moveSystemVm } from './system-vm-rows.ts';

type MigrateInput = { readonly systemVmId: number; readonly hostId: number | null };
type Moving = { readonly plan: SystemMachinePlan; readonly asItWas: SystemMachinePlan; readonly fromHostId: number };

export const migrateSystemMachine = saga<MigrateInput>('migrateSystemVm')
  .rows('migrating', enterMigrating, leaveMigrating)
  .hosts('machine', cross, goBack)
  .rows('moved', enterMoved);

async function enterMigrating({ tx, input, settings, clock }: RowsStep<MigrateInput, object>): Promise<Moving> {
  const vm = await getSystemVm(tx, input.systemVmId);
  const isRepeated = vm.state === 'Migrating';
  if (!isRepeated) systemVmLifecycle.assertCan(vm.state, 'migrateRequested');
  const source = await tx.findOneByOrFail(Host, { id: vm.hostId! });
  const template = await tx.findOneByOrFail(Template, { id: vm.templateId });
  const offering = await tx.findOneByOrFail(ServiceOffering, { id: vm.serviceOfferingId as ServiceOffering['id'] });
  const request: MoveRequest = {
    ...offeringRequest({ ...vm, hypervisor: source.hypervisor }, offering, template),
    // Its disk is where it is.
    diskBytes: 0,
    storageTags: [],
    poolId: vm.poolId ?? undefined,
    isMove: true,
    exceptHostId: source.id,
    virtualisation: source.virtualisation,
    within: { clusterId: source.clusterId },
    hostId: input.hostId ?? undefined,
  };
  const placed = isRepeated ? await placeOf(tx, settings, request, { hostId: vm.targetHostId }) : await placeMachine(tx, settings, request);
  if (!isRepeated) await moveSystemVm(tx, vm, 'migrateRequested', clock, { targetHostId: placed.host.id });
  const plan = await planAt(tx, vm, template, placed);
  const cameFrom: Placed = { ...placed, host: { ...placed.host, id: source.id, guestBridge: source.guestBridge } };
  return { plan, asItWas: await planAt(tx, vm, template, cameFrom), fromHostId: source.id };
}

async function planAt(tx: EntityManager, vm: SystemVm, template: Template, placed: Placed): Promise<SystemMachinePlan> {
  const zone = await tx.findOneByOrFail(Zone, { id: vm.zoneId });
  const dns = [zone.internalDns1, zone.internalDns2].filter((server): server is string => server !== null);
  const cards = await cardsOf(tx, vm.id);
  return planSystemMachine({ vm, cards, template, placed, dns, managementBridge: await managementBridgeOf(tx, vm.zoneId) });
}

async function leaveMigrating({ tx, input, clock }: RowsStep<MigrateInput, object>): Promise<void> {
  const vm = await getSystemVm(tx, input.systemVmId);
  if (vm.state !== 'Migrating') return;
  if (vm.targetHostId !== null) await releaseHostCapacity(tx, vm.targetHostId, vm);
  await moveSystemVm(tx, vm, 'migrateFailed', clock, { targetHostId: null });
}

async function cross(step: HostsStep<MigrateInput, { readonly migrating: Moving }>): Promise<void> {
  const { plan, fromHostId } = step.out.migrating;
  const to = await step.drivers.for(plan.machine.hostId);
  await to.driver.networks.ensureControlBridge(to.address, controlCardsOf(plan));
  await moveMachine({ fromHostId, toHostId: plan.machine.hostId }, await specOf(plan, step), step);
}

async function goBack(step: HostsStep<MigrateInput, { readonly migrating?: Moving }>): Promise<void> {
  if (!step.out.migrating) return;
  const { plan, asItWas, fromHostId } = step.out.migrating;
  await moveMachineBack({ fromHostId, toHostId: plan.machine.hostId }, await specOf(asItWas, step), step);
}

async function specOf(plan: SystemMachinePlan, { drivers, secrets }: Pick<HostsStep<unknown, object>, 'drivers' | 'secrets'>) {
  const consolePassword = consolePasswordOf(secrets, plan.machine.uuid);
  return { ...systemMachineSpec(plan, await drivers.managementPublicKey()), consolePassword };
}

async function enterMoved({ tx, input, out, clock }: RowsStep<MigrateInput, { readonly migrating: Moving }>): Promise<void> {
  const vm = await getSystemVm(tx, input.systemVmId);
  const { hostId } = out.migrating.plan.machine;
  if (vm.state === 'Running' && vm.hostId === hostId) return;
  const left = vm.hostId;
  await moveSystemVm(tx, vm, 'migrated', clock, { hostId, lastHostId: left, targetHostId: null });
  if (left !== null) await releaseHostCapacity(tx, left, vm);
}
