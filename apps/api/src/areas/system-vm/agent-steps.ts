// Steps with the agent of a system machine that several sagas share: waiting for it after a boot, and giving it its configuration.
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type AgentConfiguration, type AgentHealth, Problem, problem, type SystemVmKind } from '@strata/domain';
import { DriverError } from '@strata/hypervisor';
import type { HostsStep } from '../../kernel/jobs/saga.ts';
import type { HostConnection } from '../host/host-drivers.ts';
import { agentAddress, agentAt } from './agent-of.ts';
import { roleOf } from './roles.ts';
import type { Agent } from './system-vm-role.ts';
import type { SystemVm } from './system-vm.entity.ts';
import { agentStartSeconds } from './system-vm.settings.ts';

type AnyStep = HostsStep<unknown, object>;

export type MetAgent = { readonly hostKeySha256: string; readonly templateVersion: string };

export interface Booting {
  readonly name: string;
  readonly uuid: string;
  readonly kind: SystemVmKind;
  readonly hostId: number;
  readonly controlIp: string;
  /** The pinned key; null where its root disk was just made. */
  readonly hostKeySha256: string | null;
  /** By the server's clock, in milliseconds: what answers must have booted after it. */
  readonly since: number;
}

const pauseMs = 1_000;
/** Clocks of a booting machine are coarse. */
const graceMs = 5_000;
/** Of the serial console, in the error. */
const lastWords = 400;

/** @throws unavailable with the end of the machine's console when nobody answers in time */
export async function meetAgent(machine: Booting, step: Pick<AnyStep, 'drivers' | 'settings' | 'clock'>): Promise<MetAgent> {
  const host = await step.drivers.for(machine.hostId);
  const limitMs = step.settings.get(agentStartSeconds) * 1_000;
  const deadline = step.clock.monotonicMs() + limitMs;
  for (;;) {
    try {
      return await greet(machine, host, step);
    } catch (error) {
      if (!(error instanceof DriverError) || !isPassing(error)) throw error;
      if (step.clock.monotonicMs() > deadline) throw await silence(machine, host, limitMs, error);
    }
    await sleep(pauseMs);
  }
}

function isPassing({ kind, reason }: DriverError): boolean {
  return kind === 'unreachable' || kind === 'busy' || reason === 'wrongCredentials';
}

async function greet(machine: Booting, host: HostConnection, { clock }: Pick<AnyStep, 'clock'>): Promise<MetAgent> {
  const known = agentAddress(host, machine, machine.controlIp);
  const hostKeySha256 = known.hostKeySha256 ?? (await host.driver.agents.identify(host.address, known));
  const health = await agentAt(host, { ...known, hostKeySha256 }).call('health', {});
  if (health.kind !== machine.kind)
    throw problem('bug', `the agent of ${machine.name} says that it is a ${health.kind}, not a ${machine.kind}: its template is wrong`);
  const agesMs = clock.now().getTime() - machine.since + graceMs;
  if (health.uptimeSeconds * 1_000 > agesMs) throw new DriverError('unreachable', `${machine.name} has not begun to boot again`);
  return { hostKeySha256, templateVersion: health.templateVersion };
}

async function silence(machine: Booting, host: HostConnection, limitMs: number, cause: DriverError): Promise<Problem> {
  const log = await host.driver.readSerialLog(host.address, machine.name, lastWords).catch(() => '');
  const end = log
    .trim()
    .split(/[\r\n]+/)
    .slice(-4)
    .join(' | ');
  const words = end === '' ? 'its console shows nothing' : `its console ends with: ${end}`;
  return problem('unavailable', `the agent of ${machine.name} did not answer within ${limitMs / 1_000} s (${cause.message}); ${words}`, {
    cause,
  });
}

export interface WantedConfiguration {
  readonly hash: string;
  readonly configuration: AgentConfiguration;
}

export async function configurationOf(vm: SystemVm, ctx: Pick<AnyStep, 'read' | 'secrets' | 'settings'>): Promise<WantedConfiguration> {
  const configuration = await roleOf(vm.kind).configuration(ctx, vm);
  return { hash: createHash('sha256').update(JSON.stringify(configuration)).digest('hex'), configuration };
}

/** Gives the agent its configuration unless it has it. @returns what it says of its health after that, in words */
export async function bringInLine(
  vm: SystemVm,
  agent: Agent,
  health: Pick<AgentHealth, 'configurationHash'>,
  ctx: Pick<AnyStep, 'read' | 'secrets' | 'settings'>,
): Promise<void> {
  const wanted = await configurationOf(vm, ctx);
  if (health.configurationHash !== wanted.hash) await agent.call('configure', wanted, configureMs);
}

/** A router with many guests has something to do. */
const configureMs = 60_000;
