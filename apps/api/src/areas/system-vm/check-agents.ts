// Looks after the agents of running system machines: their health, their configuration, and what their role keeps in line.
import { formatIpv4, systemVmName } from '@strata/domain';
import { DriverError } from '@strata/hypervisor';
import { eachWithLimit } from '../../kernel/each-with-limit.ts';
import type { ReconcilerContext } from '../../kernel/reconcile/reconciler.ts';
import type { HostDrivers } from '../host/host-drivers.ts';
import { agentAddress, agentAt } from './agent-of.ts';
import { bringInLine } from './agent-steps.ts';
import { roleOf } from './roles.ts';
import type { SystemVmAlerts } from './system-vm-alerts.ts';
import { SystemVm } from './system-vm.entity.ts';

/** Between two looks at a healthy agent; others are asked at each run. */
const everyMs = 20_000;
const parallelAgents = 16;
const healthMs = 8_000;
const passingMs = 20_000;

/** When each machine was found healthy last, by the monotonic clock. */
const healthyAtOf = new WeakMap<HostDrivers, Map<number, number>>();

/** @returns the ids of those that were well when they were asked last */
export async function checkAgents(ctx: ReconcilerContext, alerts: SystemVmAlerts): Promise<ReadonlySet<number>> {
  const machines = await ctx.read.query<{ id: number; ip: number }[]>(
    `SELECT vm.id, n.ip FROM system_vm vm JOIN host h ON h.id = vm.host_id JOIN system_nic n ON n.system_vm_id = vm.id AND n.purpose = 'control'
     WHERE vm.state = 'Running' AND h.state = 'Up'
       AND NOT EXISTS (SELECT 1 FROM job j WHERE j.held_subject = CONCAT('SystemVm:', vm.uuid))`,
  );
  const healthyAt = healthyAtOf.get(ctx.drivers) ?? new Map<number, number>();
  healthyAtOf.set(ctx.drivers, healthyAt);
  const now = ctx.clock.monotonicMs();
  const due = machines.filter(({ id }) => now - (healthyAt.get(id) ?? -Infinity) >= everyMs);
  await eachWithLimit(due, parallelAgents, async ({ id, ip }) => {
    if (await check(ctx, alerts, id, formatIpv4(ip))) healthyAt.set(id, now);
    else healthyAt.delete(id);
  });
  return new Set(healthyAt.keys());
}

/** @returns whether all is well */
async function check(ctx: ReconcilerContext, alerts: SystemVmAlerts, id: number, controlIp: string): Promise<boolean> {
  const vm = await ctx.read.findOneBy(SystemVm, { id });
  if (vm?.state !== 'Running' || vm.hostId === null) return false;
  const name = systemVmName(vm.kind, vm.id);
  try {
    const host = await ctx.drivers.for(vm.hostId);
    const address = agentAddress(host, vm, controlIp);
    const hostKeySha256 = address.hostKeySha256 ?? (await host.driver.agents.identify(host.address, address));
    const agent = agentAt(host, { ...address, hostKeySha256 });
    const health = await agent.call('health', {}, healthMs);
    await bringInLine(vm, agent, health, ctx);
    await note(ctx, vm, { agentState: 'Up', hostKeySha256, templateVersion: health.templateVersion });
    if (health.troubles.length > 0) await alerts.raise(vm, `${name}: ${health.troubles.join('; ')}`);
    await roleOf(vm.kind).maintain?.(ctx, agent, vm);
    return health.troubles.length === 0;
  } catch (error) {
    const silent = error instanceof DriverError && (error.kind === 'unreachable' || error.kind === 'busy');
    ctx.log.warn(
      { machine: name, err: error },
      silent ? 'the agent of a system machine does not answer' : 'a system machine could not be kept in line',
    );
    await note(ctx, vm, { agentState: silent ? 'Disconnected' : 'Connecting' });
    if (isLasting(ctx, vm)) await alerts.raise(vm, `${name}: ${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
}

/** What passes within seconds, such as a reset or a certificate in the making, is no news. */
function isLasting({ clock }: ReconcilerContext, vm: SystemVm): boolean {
  return vm.agentState !== 'Up' && clock.now().getTime() - vm.agentChangedAt.getTime() > passingMs;
}

type Noted = Partial<Pick<SystemVm, 'agentState' | 'hostKeySha256' | 'templateVersion'>>;

/** Writes only what is new, and only while nobody else has changed the machine. */
async function note({ transaction, clock }: ReconcilerContext, vm: SystemVm, noted: Noted): Promise<void> {
  if (Object.entries(noted).every(([column, value]) => vm[column as keyof Noted] === value)) return;
  // From one way of not being Up to another, the time since it was counts on.
  const since = noted.agentState === 'Up' || vm.agentState === 'Up' ? { agentChangedAt: clock.now() } : {};
  await transaction(({ tx }) =>
    tx.update(SystemVm, { id: vm.id, version: vm.version, state: 'Running' }, { ...noted, ...since, version: () => 'version + 1' }),
  );
}
