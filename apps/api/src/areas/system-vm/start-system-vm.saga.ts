// Starts a system machine on a fresh root disk: chooses a host, clones the system template, boots it and waits for its agent.
import { problem, systemVmLifecycle } from '@strata/domain';
import { type HostsStep, type RowsStep, saga } from '../../kernel/jobs/saga.ts';
import { consolePasswordOf } from '../console/console-password.ts';
import { ServiceOffering } from '../offering/service-offering.entity.ts';
import { hostReaching } from '../storage-pool/reaching-hosts.ts';
import { expectCopyInPool, giveUpCopy, markTemplateReady } from '../template/template-copies.ts';
import { createDisks, forgetFormer, removeNewDisks, takeBackMachine } from '../vm/machine-steps.ts';
import { offeringRequest, placeMachine, placeOf, type PlaceRequest, releaseHostCapacity } from '../vm/place-machine.ts';
import { volumePath } from '../volume/volume.entity.ts';
import { Zone } from '../zone/zone.entity.ts';
import { bringInLine, meetAgent, type MetAgent } from './agent-steps.ts';
import { agentAddress, agentAt } from './agent-of.ts';
import { managementBridgeOf } from './management-bridge.ts';
import { controlCardsOf, planSystemMachine, type SystemMachinePlan, systemMachineSpec } from './system-machine-plan.ts';
import { systemTemplateOf } from './system-template.ts';
import { agentGone, cardsOf, getSystemVm, moveSystemVm, releaseDisk } from './system-vm-rows.ts';

type StartInput = {
  readonly systemVmId: number;
  /** On this host, because an administrator says so. */
  readonly hostId?: number;
};
type StartPlan = SystemMachinePlan & { readonly lastHostId: number | null; readonly since: number };
type Started = { readonly starting: StartPlan };

export const startSystemMachine = saga<StartInput>('startSystemVm')
  .rows('starting', enterStarting, leaveStarting)
  .hosts('disk', makeRootDisk, async (step) => {
    if (step.out.starting) await removeNewDisks(step.out.starting.machine, step);
  })
  .hosts('machine', bootMachine, async (step) => {
    if (step.out.starting) await takeBackMachine(step.out.starting.machine, step, { lastHostId: step.out.starting.lastHostId });
  })
  .hosts('agent', async (step): Promise<MetAgent> => {
    const { machine, kind, since } = step.out.starting;
    const { name, uuid, hostId } = machine;
    return meetAgent({ name, uuid, kind, hostId, controlIp: controlIpOf(step.out.starting), hostKeySha256: null, since }, step);
  })
  .hosts('configured', configureAgent)
  .rows('running', async ({ tx, input, out, clock }) => {
    const vm = await getSystemVm(tx, input.systemVmId);
    if (vm.state !== 'Running')
      await moveSystemVm(tx, vm, 'started', clock, {
        hostKeySha256: out.agent.hostKeySha256,
        templateVersion: out.agent.templateVersion,
        agentState: out.configured.isUp ? 'Up' : 'Connecting',
        agentChangedAt: clock.now(),
        isStoppedOnRequest: false,
      });
    const { machine } = out.starting;
    if (!machine.templateReady) await markTemplateReady(tx, machine.templateId, machine.poolId);
  });

async function enterStarting({ tx, input, settings, clock }: RowsStep<StartInput, object>): Promise<StartPlan> {
  const vm = await getSystemVm(tx, input.systemVmId);
  if (vm.state !== 'Starting') systemVmLifecycle.assertCan(vm.state, 'startRequested');
  const zone = await tx.findOneByOrFail(Zone, { id: vm.zoneId });
  const template = await systemTemplateOf(tx, zone);
  const offering = await tx.findOneByOrFail(ServiceOffering, { id: vm.serviceOfferingId as ServiceOffering['id'] });
  const isRepeated = vm.state === 'Starting';
  if (!isRepeated && vm.poolId !== null)
    await tx.query('UPDATE storage_pool SET reserved_bytes = reserved_bytes - ? WHERE id = ?', [vm.rootBytes, vm.poolId]);
  const request: PlaceRequest = {
    ...offeringRequest({ ...vm, hypervisor: template.hypervisor }, offering, template),
    diskBytes: template.virtualSizeBytes,
    hostId: input.hostId,
    // A disk from before lies there until it is made anew.
    poolId: vm.poolId ?? undefined,
    podId: vm.podId,
  };
  const placed = isRepeated ? await placeOf(tx, settings, request, vm) : await placeMachine(tx, settings, request);
  if (!isRepeated) {
    await moveSystemVm(tx, vm, 'startRequested', clock, {
      hostId: placed.host.id,
      poolId: placed.pool.id,
      rootBytes: template.virtualSizeBytes,
      templateId: template.id,
      hostKeySha256: null,
      agentState: 'Connecting',
      agentChangedAt: clock.now(),
    });
    if (placed.pool.templateState === null) await expectCopyInPool(tx, template, { id: placed.pool.id, zoneId: vm.zoneId });
  }
  const dns = [zone.internalDns1, zone.internalDns2].filter((server): server is string => server !== null);
  const cards = await cardsOf(tx, vm.id);
  const plan = planSystemMachine({ vm, cards, template, placed, dns, managementBridge: await managementBridgeOf(tx, vm.zoneId) });
  return { ...plan, lastHostId: vm.lastHostId, since: clock.now().getTime() };
}

async function leaveStarting({ tx, input, out, clock }: RowsStep<StartInput, Partial<Started>>): Promise<void> {
  const vm = await getSystemVm(tx, input.systemVmId);
  if (out.starting) await giveUpCopy(tx, out.starting.machine);
  if (vm.state !== 'Starting') return;
  await releaseDisk(tx, vm);
  if (vm.hostId !== null) await releaseHostCapacity(tx, vm.hostId, vm);
  await moveSystemVm(tx, vm, 'failed', clock, { hostId: null, ...agentGone(clock) });
}

async function makeRootDisk(step: HostsStep<StartInput, Started>): Promise<void> {
  const { machine } = step.out.starting;
  const host = await hostReaching(machine.poolId, step.read, step.drivers);
  await host.driver.mounts.ensure(host.address, machine.pool);
  await host.driver.disks.remove(host.address, { mount: machine.pool, path: volumePath(machine.uuid) });
  await createDisks(machine, step);
}

async function bootMachine(step: HostsStep<StartInput, Started>): Promise<void> {
  const { lastHostId, ...plan } = step.out.starting;
  const { machine, cards } = plan;
  if (lastHostId !== null && lastHostId !== machine.hostId) await forgetFormer(machine.name, lastHostId, step);
  const { driver, address } = await step.drivers.for(machine.hostId);
  await driver.mounts.ensure(address, machine.pool);
  await driver.networks.ensureControlBridge(address, controlCardsOf(plan));
  for (const { bridge, purpose } of cards) if (purpose !== 'control') await driver.networks.ensureBridge(address, bridge);
  const consolePassword = consolePasswordOf(step.secrets, machine.uuid);
  await driver.startMachine(address, { ...systemMachineSpec(plan, await step.drivers.managementPublicKey()), consolePassword });
}

/** What the agent refuses keeps the machine from being Up, not from running: the reconciler tries again and tells. */
async function configureAgent(step: HostsStep<StartInput, Started & { agent: MetAgent }>): Promise<{ isUp: boolean }> {
  const { machine } = step.out.starting;
  const vm = { ...(await getSystemVm(step.read, step.input.systemVmId)), hostKeySha256: step.out.agent.hostKeySha256 };
  const host = await step.drivers.for(machine.hostId);
  const agent = agentAt(host, agentAddress(host, vm, controlIpOf(step.out.starting)));
  try {
    await bringInLine(vm, agent, { configurationHash: null }, step);
    return { isUp: true };
  } catch (error) {
    step.log.warn({ machine: machine.name, err: error }, 'a system machine runs, but its agent did not take its configuration');
    return { isUp: false };
  }
}

function controlIpOf({ cards, machine }: SystemMachinePlan): string {
  const card = cards.find(({ purpose }) => purpose === 'control');
  if (!card) throw problem('bug', `${machine.name} has no control card`);
  return card.ip;
}
