// Keeps the system machines that zones are to have: makes what is missing, starts what is off, ends what is lost, and looks after their agents.
import {
  type ExistingSystemVm,
  planSystemVms,
  Problem,
  systemVmName,
  type SystemVmState,
  type SystemVmKind,
  type WantedPlace,
} from '@strata/domain';
import { DriverError } from '@strata/hypervisor';
import type { EntityManager } from 'typeorm';
import { eachWithLimit } from '../../kernel/each-with-limit.ts';
import { reconciler, type ReconcilerContext } from '../../kernel/reconcile/reconciler.ts';
import { checkAgents } from './check-agents.ts';
import { createSystemVm } from './create-system-vm.ts';
import { destroySystemMachine } from './destroy-system-vm.saga.ts';
import { systemVmRoles } from './roles.ts';
import { startSystemMachine } from './start-system-vm.saga.ts';
import { SystemVmAlerts } from './system-vm-alerts.ts';
import { agentSilenceSeconds, systemVmsWanted } from './system-vm.settings.ts';
import { systemVmEvent } from './system-vm-events.ts';
import { systemVmSubject } from './system-vm-rows.ts';
import { type ReadyZone, readyZones } from './zones-in-need.ts';

/** Between two jobs of one machine. */
const pauseMs = 30_000;
/** Machines that are made or ended at the same time. */
const parallel = 16;

export const systemVmReconciler = reconciler({
  name: 'system-vm',
  about: 'Keeps the system machines of enabled zones: makes, starts, replaces them, and looks after their agents.',
  everyMs: 5_000,
  async run(ctx) {
    const machines = await readMachines(ctx);
    const zones = await readyZones(ctx.read);
    const wanted = await readWanted(ctx, zones);
    const plan = planSystemVms(wanted, machines);
    const alerts = await SystemVmAlerts.read(ctx);
    const byId = new Map(machines.map((vm) => [vm.id, vm]));
    await eachWithLimit(plan.destroy, parallel, (id) => destroy(ctx, byId.get(id)!));
    await eachWithLimit(plan.create, parallel, (place) => create(ctx, alerts, zones, place));
    await eachWithLimit(plan.start, parallel, (id) => start(ctx, alerts, zones, byId.get(id)!));
    const well = await checkAgents(ctx, alerts);
    await alerts.clearOver(
      machines.filter(({ id }) => well.has(id)),
      wanted,
    );
  },
});

export interface Machine extends ExistingSystemVm {
  readonly uuid: string;
  readonly name: string;
  readonly hostState: string | null;
  readonly agentState: string;
  /** When its newest job began, and why that failed. */
  readonly lastJobAt: Date | null;
  readonly lastError: string | null;
}

interface MachineRow {
  readonly id: number;
  readonly uuid: string;
  readonly kind: SystemVmKind;
  readonly zoneId: number;
  readonly podId: number;
  readonly state: SystemVmState;
  readonly agentState: string;
  readonly agentChangedAt: Date;
  readonly isStoppedOnRequest: 0 | 1;
  readonly hostState: string | null;
  readonly busy: 0 | 1;
  readonly lastJobAt: Date | null;
  readonly lastError: string | null;
}

async function readMachines({ read, settings, clock }: ReconcilerContext): Promise<Machine[]> {
  const rows = await read.query<MachineRow[]>(
    `SELECT vm.id, vm.uuid, vm.kind, vm.zone_id AS zoneId, vm.pod_id AS podId, vm.state, vm.agent_state AS agentState,
       vm.agent_changed_at AS agentChangedAt, vm.is_stopped_on_request AS isStoppedOnRequest, h.state AS hostState,
       EXISTS (SELECT 1 FROM job b WHERE b.held_subject = CONCAT('SystemVm:', vm.uuid) OR b.waiting_subject = CONCAT('SystemVm:', vm.uuid)) AS busy,
       j.created AS lastJobAt, IF(j.state = 'Failed', j.error_text, NULL) AS lastError
     FROM system_vm vm LEFT JOIN host h ON h.id = vm.host_id
       LEFT JOIN job j ON j.id = (SELECT MAX(l.id) FROM job l WHERE l.subject_type = 'SystemVm' AND l.subject_id = vm.id)
     ORDER BY vm.id`,
  );
  const mutedBefore = clock.now().getTime() - settings.get(agentSilenceSeconds) * 1_000;
  return rows.map(({ isStoppedOnRequest, busy, agentChangedAt, ...row }) => ({
    ...row,
    name: systemVmName(row.kind, row.id),
    isStoppedOnRequest: Boolean(isStoppedOnRequest),
    isBusy: Boolean(busy),
    isLost: row.hostState === 'Down',
    // Only while its host answers is the silence its own.
    isMute: row.state === 'Running' && row.agentState !== 'Up' && row.hostState === 'Up' && agentChangedAt.getTime() < mutedBefore,
  }));
}

async function readWanted({ read, settings }: ReconcilerContext, zones: ReadonlyMap<number, ReadyZone>): Promise<WantedPlace[]> {
  const places: WantedPlace[] = [];
  for (const role of systemVmRoles) {
    for (const { zoneId, podId } of await role.wanted(read)) {
      if (zones.has(zoneId) && settings.get(systemVmsWanted, { scope: 'zone', id: zoneId }))
        places.push({ kind: role.kind, zoneId, podId });
    }
  }
  return places;
}

async function create(
  ctx: ReconcilerContext,
  alerts: SystemVmAlerts,
  zones: ReadonlyMap<number, ReadyZone>,
  place: WantedPlace,
): Promise<void> {
  const zone = zones.get(place.zoneId)!;
  // A disabled zone keeps what it has and gets nothing new.
  if (!zone.isEnabled) return;
  const lacks = zone.lacks[0];
  if (lacks !== undefined) return alerts.raise(place, lacks);
  let refusal: Problem | undefined;
  for (const podId of place.podId === undefined ? zone.podIds : [place.podId]) {
    try {
      await ctx.transaction(({ tx, jobs }) =>
        createSystemVm({ tx, jobs, clock: ctx.clock }, { kind: place.kind, zoneId: place.zoneId, podId }, (read) => isTaken(read, place)),
      );
      return;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      refusal ??= error;
    }
  }
  if (refusal) await alerts.raise(place, refusal.message);
}

/** Whether a machine that counts is there: one that is not on its way out, and not on a host that is Down. */
async function isTaken(tx: EntityManager, { kind, zoneId, podId }: WantedPlace): Promise<boolean> {
  const rows = await tx.query<unknown[]>(
    `SELECT vm.id FROM system_vm vm LEFT JOIN host h ON h.id = vm.host_id
     WHERE vm.kind = ? AND vm.zone_id = ? AND vm.state <> 'Destroying' AND (h.state IS NULL OR h.state <> 'Down') ${podId === undefined ? '' : 'AND vm.pod_id = ?'} LIMIT 1`,
    [kind, zoneId, ...(podId === undefined ? [] : [podId])],
  );
  return rows.length > 0;
}

async function start(ctx: ReconcilerContext, alerts: SystemVmAlerts, zones: ReadonlyMap<number, ReadyZone>, vm: Machine): Promise<void> {
  const zone = zones.get(vm.zoneId)!;
  if (!zone.isEnabled) return;
  const place = { kind: vm.kind, zoneId: vm.zoneId, podId: vm.podId };
  if (vm.lastError !== null) await alerts.raise(place, `${vm.name}: ${vm.lastError}`);
  if (vm.lastError !== null && isRecent(ctx, vm)) return;
  const lacks = zone.lacks[0];
  if (lacks !== undefined) return alerts.raise(place, lacks);
  try {
    await ctx.transaction(({ jobs }) =>
      jobs.start(startSystemMachine, { systemVmId: vm.id }, { subject: systemVmSubject(vm), event: systemVmEvent(vm.kind, 'START') }),
    );
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    await alerts.raise(place, `${vm.name}: ${error.message}`);
    // Where it was it can't be any more: elsewhere another one may.
    if (zone.podIds.length > 1 && error.kind === 'noCapacity') await destroy(ctx, vm);
  }
}

async function destroy(ctx: ReconcilerContext, vm: Machine): Promise<void> {
  // Its host can't be asked again before it is back.
  if (vm.state === 'Destroying' && ((vm.hostState !== null && vm.hostState !== 'Up') || isRecent(ctx, vm))) return;
  try {
    await ctx.transaction(({ jobs }) =>
      jobs.start(destroySystemMachine, { systemVmId: vm.id }, { subject: systemVmSubject(vm), event: systemVmEvent(vm.kind, 'DESTROY') }),
    );
    ctx.log.info({ machine: vm.name, state: vm.state, isLost: vm.isLost, isMute: vm.isMute }, 'a system machine is ended');
  } catch (error) {
    if (!(error instanceof Problem || error instanceof DriverError)) throw error;
    ctx.log.warn({ machine: vm.name, err: error }, 'a system machine could not be ended: the next run tries again');
  }
}

function isRecent({ clock }: ReconcilerContext, { lastJobAt }: Machine): boolean {
  return lastJobAt !== null && clock.now().getTime() - lastJobAt.getTime() < pauseMs;
}
