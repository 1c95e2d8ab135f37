// Takes system machines off a host that is prepared for maintenance: to another host while they run, or off, until one has room.
import { Problem, type SystemVmKind } from '@strata/domain';
import type { ReconcilerContext } from '../../kernel/reconcile/reconciler.ts';
import { migrateSystemMachine } from './migrate-system-vm.saga.ts';
import { stopSystemMachine } from './stop-system-vm.saga.ts';
import { systemVmEvent } from './system-vm-events.ts';
import { systemVmSubject } from './system-vm-rows.ts';

interface Leaving {
  readonly id: number;
  readonly uuid: string;
  readonly kind: SystemVmKind;
}

/** The jobs by which they leave. */
export const leavingSagas: readonly string[] = [migrateSystemMachine.name, stopSystemMachine.name];

/** @returns why it can move nowhere, in words */
export async function moveSystemMachineAway(ctx: ReconcilerContext, vm: Leaving): Promise<string | undefined> {
  const options = { subject: systemVmSubject(vm), event: systemVmEvent(vm.kind, 'MIGRATE') };
  try {
    await ctx.transaction(({ jobs }) => jobs.start(migrateSystemMachine, { systemVmId: vm.id, hostId: null }, options));
    return undefined;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return error.message;
  }
}

/** Off until there is room again: the reconciler starts it then. */
export async function stopSystemMachineForNow(ctx: ReconcilerContext, vm: Leaving): Promise<void> {
  const options = { subject: systemVmSubject(vm), event: systemVmEvent(vm.kind, 'STOP') };
  await ctx.transaction(({ jobs }) => jobs.start(stopSystemMachine, { systemVmId: vm.id, forced: false, isPassing: true }, options));
}
