// Expunges machines whose time to be recovered is over, and those whose expunging was cut short.
import type { VmId } from '@strata/domain';
import { reconciler } from '../../kernel/reconcile/reconciler.ts';
import { expungeVm } from './destroy-vm.saga.ts';
import { expungeDelaySeconds } from './vm.settings.ts';
import { vmSubject } from './vm-rows.ts';

/** So that a long absence does not end in one flood of jobs. */
const batch = 100;

export const expungeReconciler = reconciler({
  name: 'expunge',
  about: 'Expunges destroyed virtual machines after the delay.',
  everyMs: 60_000,
  async run({ read, settings, clock, transaction }) {
    const dueBefore = new Date(clock.now().getTime() - settings.get(expungeDelaySeconds) * 1000);
    const vms = await read.query<{ id: number; uuid: string; accountId: number }[]>(
      `SELECT vm.id, vm.uuid, vm.account_id AS accountId FROM virtual_machine vm
         LEFT JOIN job j ON j.held_subject = CONCAT('VirtualMachine:', vm.uuid)
       WHERE ((vm.state = 'Destroyed' AND vm.state_changed_at < ?) OR vm.state = 'Expunging') AND vm.host_id IS NULL AND j.id IS NULL ORDER BY vm.id LIMIT ?`,
      [dueBefore, batch],
    );
    for (const vm of vms) {
      await transaction(({ jobs }) => jobs.start(expungeVm, { vmId: vm.id as VmId, volumeIds: [] }, { subject: vmSubject(vm) }));
    }
  },
});
