// Takes system machines off hosts that are prepared for maintenance: to another host while they run, or off, until one has room.
import { Problem, systemVmName, type SystemVmKind, type SystemVmState } from '@strata/domain';
import { eachWithLimit } from '../../kernel/each-with-limit.ts';
import type { ReconcilerContext } from '../../kernel/reconcile/reconciler.ts';
import { migrateSystemMachine } from './migrate-system-vm.saga.ts';
import { stopSystemMachine } from './stop-system-vm.saga.ts';
import { systemVmSubject } from './system-vm-rows.ts';

interface Leaving {
  readonly id: number;
  readonly uuid: string;
  readonly kind: SystemVmKind;
  readonly state: SystemVmState;
}

const parallel = 8;
/** After a move that failed, before the next. */
const pauseMs = 30_000;

export async function evacuateSystemVms(ctx: ReconcilerContext): Promise<void> {
  const machines = await ctx.read.query<Leaving[]>(
    `SELECT vm.id, vm.uuid, vm.kind, vm.state FROM system_vm vm JOIN host h ON h.id = vm.host_id
     WHERE h.resource_state = 'PrepareForMaintenance' AND h.state = 'Up' AND vm.state = 'Running'
       AND NOT EXISTS (SELECT 1 FROM job j WHERE j.held_subject = CONCAT('SystemVm:', vm.uuid))
       AND NOT EXISTS (SELECT 1 FROM job f WHERE f.subject_type = 'SystemVm' AND f.subject_id = vm.id AND f.state = 'Failed' AND f.created > ?)`,
    [new Date(ctx.clock.now().getTime() - pauseMs)],
  );
  await eachWithLimit(machines, parallel, async (vm) => {
    const subject = systemVmSubject(vm);
    try {
      await ctx.transaction(({ jobs }) => jobs.start(migrateSystemMachine, { systemVmId: vm.id, hostId: null }, { subject }));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      ctx.log.warn(
        { machine: systemVmName(vm.kind, vm.id), err: error },
        'a system machine can move nowhere: it is stopped, and starts where there is room',
      );
      await ctx.transaction(({ jobs }) =>
        jobs.start(stopSystemMachine, { systemVmId: vm.id, forced: false, isPassing: true }, { subject }),
      );
    }
  });
}
