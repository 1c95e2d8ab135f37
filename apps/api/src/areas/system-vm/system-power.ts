// Compares what a host runs with the rows of system machines, and corrects those. The reconciler `system-vm` then makes good what is missing.
import { type SystemVmEvent, systemVmLifecycle, systemVmName } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import { subjectKey } from '../../kernel/jobs/claimed-job.ts';
import { Job } from '../../kernel/jobs/job.entity.ts';
import type { ReconcilerContext } from '../../kernel/reconcile/reconciler.ts';
import { chargeHostCapacity } from '../vm/place-machine.ts';
import { SystemVm } from './system-vm.entity.ts';
import { systemVmEvent } from './system-vm-events.ts';
import { leaveHost, moveSystemVm, systemVmSubject } from './system-vm-rows.ts';

interface AskedHost {
  readonly id: number;
  readonly name: string;
}

type Concerned = Pick<SystemVm, 'id' | 'uuid' | 'hostId' | 'state' | 'stateChangedAt'> & { readonly busy: 0 | 1 };

/**
 * @param running uuids of what the host runs
 * @param settledBefore younger rows may be ahead of what the host has just said
 * @returns uuids of the system machines that belong on the host
 */
export async function reconcileSystemMachines(
  ctx: ReconcilerContext,
  host: AskedHost,
  running: ReadonlySet<string>,
  settledBefore: Date,
): Promise<ReadonlySet<string>> {
  const machines = await ctx.read.query<Concerned[]>(
    `SELECT vm.id, vm.uuid, vm.host_id AS hostId, vm.state, vm.state_changed_at AS stateChangedAt, j.id IS NOT NULL AS busy
     FROM system_vm vm LEFT JOIN job j ON j.held_subject = CONCAT('SystemVm:', vm.uuid)
     WHERE vm.host_id = ? ${running.size === 0 ? '' : 'OR vm.uuid IN (?)'}`,
    [host.id, ...(running.size === 0 ? [] : [[...running]])],
  );
  const known = new Set(machines.map(({ uuid }) => uuid));
  for (const vm of machines) {
    if (vm.stateChangedAt > settledBefore || vm.busy || vm.state === 'Destroying') continue;
    const runsHere = running.has(vm.uuid);
    if (vm.hostId === host.id && !runsHere) await correct(ctx, host, vm, 'powerOffReported');
    else if (vm.hostId === null && runsHere) await correct(ctx, host, vm, 'powerOnReported');
    // A second copy of a machine whose place is elsewhere.
    else if (vm.hostId !== host.id && runsHere) known.delete(vm.uuid);
  }
  return known;
}

async function correct(ctx: ReconcilerContext, host: AskedHost, concerned: Concerned, event: SystemVmEvent): Promise<void> {
  await ctx.transaction(async ({ tx, events }) => {
    const vm = await idleMachine(tx, concerned);
    if (!vm || !systemVmLifecycle.can(vm.state, event)) return;
    const name = systemVmName(vm.kind, vm.id);
    const before = vm.state;
    const stopped = event === 'powerOffReported';
    if (stopped) await leaveHost(tx, vm, event, ctx.clock);
    else {
      await chargeHostCapacity(tx, host.id, vm);
      await moveSystemVm(tx, vm, event, ctx.clock, { hostId: host.id });
    }
    const what = stopped
      ? `is no longer running on host ${host.name}: it was ${before} and is Stopped now`
      : `runs on host ${host.name} though it was ${before}: it is Running now`;
    events.add({
      type: systemVmEvent(vm.kind, stopped ? 'STOP' : 'START'),
      level: 'WARN',
      state: 'Completed',
      description: `system machine ${name} ${what}`,
      subject: systemVmSubject(vm),
    });
    ctx.log.warn({ machine: name, host: host.name, before }, 'the power state of a system machine was changed outside');
  });
}

/** The row, locked, unless a job has begun to work on the machine or it is gone. */
async function idleMachine(tx: EntityManager, { id, uuid }: Concerned): Promise<SystemVm | undefined> {
  const vm = await tx.findOne(SystemVm, { where: { id }, lock: { mode: 'pessimistic_write' } });
  if (!vm || (await tx.existsBy(Job, { heldSubject: subjectKey({ type: 'SystemVm', uuid }) }))) return undefined;
  return vm;
}
