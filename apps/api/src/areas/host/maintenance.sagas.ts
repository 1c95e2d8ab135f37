// Puts a host on its way into maintenance, and back into service. The host-maintenance reconciler moves its machines and says when it is empty.
import { AlertStore } from '../../kernel/events/alert-store.ts';
import { type RowsStep, saga } from '../../kernel/jobs/saga.ts';
import { maintenanceCause } from './host-alerts.ts';
import { getHost, moveResourceState } from './host-rows.ts';

type MaintenanceInput = { readonly hostId: number };

export const prepareMaintenance = saga<MaintenanceInput>('prepareHostForMaintenance').rows(
  'preparing',
  async ({ tx, input, clock }: RowsStep<MaintenanceInput, object>) => {
    const host = await getHost(tx, input.hostId);
    if (host.resourceState !== 'PrepareForMaintenance') await moveResourceState(tx, host, 'maintenanceRequested', clock);
  },
);

/** Machines on their way to other hosts go on; those that have left stay where they are. */
export const cancelMaintenance = saga<MaintenanceInput>('cancelHostMaintenance').rows(
  'cancelled',
  async ({ tx, input, clock }: RowsStep<MaintenanceInput, object>) => {
    const host = await getHost(tx, input.hostId);
    if (host.resourceState !== 'Enabled') await moveResourceState(tx, host, 'maintenanceCancelled', clock);
    await new AlertStore(tx, clock).clear(maintenanceCause(host.uuid));
  },
);
