// Moves guests and system machines off hosts that are prepared for maintenance, a few at a time, and says when a host is empty or why it can't be.
import {
  hostResourceLifecycle,
  listed,
  Problem,
  type SystemVmKind,
  systemVmName,
  type SystemVmState,
  type VmId,
  type VmState,
} from '@strata/domain';
import { eachWithLimit } from '../../kernel/each-with-limit.ts';
import { reconciler, type ReconcilerContext } from '../../kernel/reconcile/reconciler.ts';
import { maintenanceCause } from '../host/host-alerts.ts';
import { getHost, hostSubject, moveResourceState } from '../host/host-rows.ts';
import { parallelMovesOfHost } from '../host/host.settings.ts';
import { leavingSagas, moveSystemMachineAway, stopSystemMachineForNow } from '../system-vm/leave-for-maintenance.ts';
import { migrateVm } from './migrate-vm.saga.ts';
import { vmSubject } from './vm-rows.ts';

interface LeavingHost {
  readonly id: number;
  readonly uuid: string;
  readonly name: string;
  readonly zoneId: number;
  readonly podId: number;
  readonly resourceState: 'PrepareForMaintenance' | 'Maintenance';
  readonly since: Date;
}

/** A guest or system machine that has a place on the host, or is on its way there. */
interface Leaving {
  readonly kind: 'guest' | SystemVmKind;
  readonly id: number;
  readonly uuid: string;
  readonly accountId: number;
  readonly name: string;
  readonly state: VmState | SystemVmState;
  /** Of the job that works on it, if one does. */
  readonly jobState: 'Queued' | 'Running' | 'Stuck' | null;
  /** Why its last move since the preparation began has failed. */
  readonly failure: string | null;
}

const parallelHosts = 8;
/** System machines that are being ended or made are their own reconciler's: when that is not done by then, something is in the way. */
const patienceMs = 60_000;

export const hostMaintenanceReconciler = reconciler({
  name: 'host-maintenance',
  about: 'Moves machines off hosts that are prepared for maintenance.',
  everyMs: 3_000,
  async run(ctx) {
    const hosts = await ctx.read.query<LeavingHost[]>(
      `SELECT id, uuid, name, zone_id AS zoneId, pod_id AS podId, resource_state AS resourceState, COALESCE(resource_changed_at, created) AS since
       FROM host WHERE ready AND resource_state IN ('PrepareForMaintenance', 'Maintenance')`,
    );
    await eachWithLimit(hosts, parallelHosts, (host) => lookAfter(ctx, host));
  },
});

async function lookAfter(ctx: ReconcilerContext, host: LeavingHost): Promise<void> {
  const machines = await machinesOf(ctx, host);
  if (host.resourceState === 'Maintenance') {
    if (machines.length > 0)
      await conclude(ctx, host, 'maintenanceBroken', `${listed(machines.map(({ name }) => name))} came to run on it`);
    return;
  }
  if (machines.length === 0) return conclude(ctx, host, 'emptied', '');
  const reasons: string[] = [];
  const cornered: Leaving[] = [];
  let moving = machines.filter(({ jobState }) => jobState === 'Queued' || jobState === 'Running').length;
  const limit = ctx.settings.get(parallelMovesOfHost);
  for (const machine of machines) {
    const reason = reasonToStay(machine);
    if (reason !== undefined) reasons.push(`${machine.name}: ${reason}`);
    else if (machine.jobState !== null) continue;
    else if (machine.state !== 'Running' && machine.kind !== 'guest' && !isOverdue(ctx, host)) moving += 1;
    else if (machine.state !== 'Running') reasons.push(`${machine.name}: it is ${machine.state}`);
    else if (moving < limit) {
      const refusal = await startMove(ctx, machine);
      if (refusal === undefined) moving += 1;
      else {
        reasons.push(`${machine.name}: ${refusal}`);
        if (machine.kind !== 'guest') cornered.push(machine);
      }
    }
  }
  if (moving > 0) return;
  // Guests that stay go on needing them: only when nothing else is left does the host become empty without them.
  if (cornered.length === machines.length) return stopAll(ctx, host, cornered);
  await conclude(ctx, host, 'emptyingFailed', reasons.join('. ') || `${listed(machines.map(({ name }) => name))} did not leave it`);
}

function reasonToStay({ jobState, failure }: Leaving): string | undefined {
  if (jobState === 'Stuck') return 'a job on it is stuck (listAsyncJobs shows it, resumeAsyncJob lets it go on)';
  return failure ?? undefined;
}

function isOverdue(ctx: ReconcilerContext, { since }: LeavingHost): boolean {
  return ctx.clock.now().getTime() - since.getTime() > patienceMs;
}

async function machinesOf({ read }: ReconcilerContext, { id, since }: LeavingHost): Promise<Leaving[]> {
  const select = (table: string, subject: string, sagas: readonly string[], kind: string, accountId: string, name: string) =>
    `SELECT ${kind} AS kind, vm.id, vm.uuid, ${accountId} AS accountId, ${name} AS name, vm.state, j.state AS jobState,
       (SELECT f.error_text FROM job f WHERE f.subject_type = '${subject}' AND f.subject_id = vm.id AND f.saga IN ('${sagas.join("', '")}')
         AND f.state = 'Failed' AND f.created >= ? ORDER BY f.id DESC LIMIT 1) AS failure
     FROM ${table} vm LEFT JOIN job j ON j.held_subject = CONCAT('${subject}:', vm.uuid)
     WHERE vm.host_id = ? OR vm.target_host_id = ?`;
  const guests = select('virtual_machine', 'VirtualMachine', [migrateVm.name], "'guest'", 'vm.account_id', 'vm.name');
  const system = select('system_vm', 'SystemVm', leavingSagas, 'vm.kind', '0', "''");
  const machines = await read.query<Leaving[]>(`${guests} UNION ALL ${system}`, [since, id, id, since, id, id]);
  const named = machines.map((vm) => (vm.kind === 'guest' ? vm : { ...vm, name: systemVmName(vm.kind, vm.id) }));
  // Guests first: while they move, the machines that serve them are where they were.
  return named.toSorted((one, other) => Number(one.kind !== 'guest') - Number(other.kind !== 'guest') || one.id - other.id);
}

/** @returns why it was refused: no room elsewhere, for example */
async function startMove(ctx: ReconcilerContext, { kind, ...machine }: Leaving): Promise<string | undefined> {
  if (kind !== 'guest') return moveSystemMachineAway(ctx, { ...machine, kind });
  try {
    await ctx.transaction(({ jobs }) =>
      jobs.start(migrateVm, { vmId: machine.id as VmId, hostId: null }, { subject: vmSubject(machine), event: 'VM.MIGRATE' }),
    );
    return undefined;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return error.message;
  }
}

async function stopAll(ctx: ReconcilerContext, host: LeavingHost, machines: readonly Leaving[]): Promise<void> {
  for (const { kind, ...machine } of machines) {
    if (kind === 'guest') continue;
    const where = { machine: machine.name, host: host.name };
    ctx.log.warn(where, 'a system machine can move nowhere and no guest is left on its host: it is stopped until there is room');
    await stopSystemMachineForNow(ctx, { ...machine, kind });
  }
}

async function conclude(
  ctx: ReconcilerContext,
  { id, uuid, name, zoneId, podId }: LeavingHost,
  event: 'emptied' | 'emptyingFailed' | 'maintenanceBroken',
  reason: string,
): Promise<void> {
  const isEmpty = event === 'emptied';
  const description = isEmpty ? `host ${name} is empty and in maintenance` : `host ${name} could not be emptied: ${reason}`;
  await ctx.transaction(async ({ tx, events }) => {
    const host = await getHost(tx, id);
    // Cancelled meanwhile.
    if (!hostResourceLifecycle.can(host.resourceState, event)) return;
    await moveResourceState(tx, host, event, ctx.clock, reason);
    events.add({ type: 'MAINT.PREPARE', level: isEmpty ? 'INFO' : 'ERROR', state: 'Completed', description, subject: hostSubject(host) });
  });
  ctx.log.info({ host: name, reason }, isEmpty ? 'a host is in maintenance' : 'a host could not be emptied');
  const cause = maintenanceCause(uuid);
  if (isEmpty) return ctx.alerts.clear(cause);
  await ctx.alerts.raise({
    type: 'ALERT.HOST',
    cause,
    subject: `host ${name} could not be emptied for maintenance`,
    content: reason,
    zoneId,
    podId,
  });
}
