// Resets a running system machine on its root disk and waits until its agent answers again.
import { formatIpv4, problem, systemVmName, type SystemVmKind } from '@strata/domain';
import { type RowsStep, saga } from '../../kernel/jobs/saga.ts';
import { bringInLine, meetAgent, type MetAgent } from './agent-steps.ts';
import { agentOf } from './agent-of.ts';
import { SystemVm } from './system-vm.entity.ts';
import { cardsOf, getSystemVm, moveSystemVm } from './system-vm-rows.ts';

type RebootInput = { readonly systemVmId: number };
type Rebooting = {
  readonly name: string;
  readonly uuid: string;
  readonly kind: SystemVmKind;
  readonly hostId: number;
  readonly controlIp: string;
  readonly hostKeySha256: string | null;
};

export const rebootSystemMachine = saga<RebootInput>('rebootSystemVm')
  .rows('rebooting', enterRebooting)
  .hosts('machine', async ({ out, drivers, clock }) => {
    const { driver, address } = await drivers.for(out.rebooting.hostId);
    await driver.rebootMachine(address, out.rebooting.name);
    return { since: clock.now().getTime() };
  })
  .hosts('agent', async (step): Promise<MetAgent> => meetAgent({ ...step.out.rebooting, since: step.out.machine.since }, step))
  .hosts('configured', async (step) => {
    const vm = await getSystemVm(step.read, step.input.systemVmId);
    const { agent } = await agentOf({ ...vm, hostKeySha256: step.out.agent.hostKeySha256 }, step);
    await bringInLine(vm, agent, { configurationHash: null }, step);
  })
  .rows('running', async ({ tx, input, out, clock }) => {
    const { hostKeySha256, templateVersion } = out.agent;
    await tx.update(
      SystemVm,
      { id: input.systemVmId },
      { hostKeySha256, templateVersion, agentState: 'Up', agentChangedAt: clock.now(), version: () => 'version + 1' },
    );
  });

/** It stays Running: when it does not come back, its silent agent has it replaced. */
async function enterRebooting({ tx, input, clock }: RowsStep<RebootInput, object>): Promise<Rebooting> {
  const vm = await getSystemVm(tx, input.systemVmId);
  const control = (await cardsOf(tx, vm.id)).find(({ purpose }) => purpose === 'control');
  if (!control) throw problem('conflict', 'the system machine is being destroyed');
  await moveSystemVm(tx, vm, 'rebootRequested', clock, { agentState: 'Connecting', agentChangedAt: clock.now() });
  const { uuid, kind, hostId, hostKeySha256 } = vm;
  return { name: systemVmName(kind, vm.id), uuid, kind, hostId: hostId!, controlIp: formatIpv4(control.ip), hostKeySha256 };
}
