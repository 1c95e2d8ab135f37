// Stops a running machine: asks the guest, and cuts the power when it does not obey in time.
import { instanceNameOf, type VmId, vmLifecycle } from '@strata/domain';
import { transition } from '../../kernel/db/transition.ts';
import { type HostsStep, type RowsStep, saga } from '../../kernel/jobs/saga.ts';
import { gracefulStopTimeoutMs } from './vm.settings.ts';
import { VirtualMachine } from './virtual-machine.entity.ts';
import { getVm, leaveHost } from './vm-rows.ts';

type StopInput = { readonly vmId: VmId; readonly forced: boolean };
type Placed = { readonly name: string; readonly hostId: number | null };

export const stopVm = saga<StopInput>('stopVirtualMachine')
  .rows('stopping', enterStopping, leaveStopping)
  .hosts('machine', powerOff)
  .rows('stopped', async ({ tx, input, clock }) => leaveHost(tx, await getVm(tx, input.vmId), 'stopped', clock));

async function enterStopping({ tx, input, clock }: RowsStep<StopInput, object>): Promise<Placed> {
  const vm = await getVm(tx, input.vmId);
  await transition(tx, VirtualMachine, vm, vmLifecycle, 'stopRequested', { stateChangedAt: clock.now() });
  return { name: instanceNameOf(vm.accountId, vm.id), hostId: vm.hostId };
}

/** The stop failed before the power was off: the machine still runs where it did. */
async function leaveStopping({ tx, input, clock }: RowsStep<StopInput, object>): Promise<void> {
  const vm = await getVm(tx, input.vmId);
  if (vm.state === 'Stopping') await transition(tx, VirtualMachine, vm, vmLifecycle, 'stopFailed', { stateChangedAt: clock.now() });
}

async function powerOff({ input, out, drivers, settings, log }: HostsStep<StopInput, { stopping: Placed }>): Promise<void> {
  const { name, hostId } = out.stopping;
  if (hostId === null) return;
  const { driver, address } = await drivers.for(hostId);
  if (!input.forced) {
    try {
      await driver.stopMachine(address, name, 'graceful', settings.get(gracefulStopTimeoutMs));
    } catch (error) {
      if ((error as { kind?: string }).kind !== 'busy') throw error;
      log.warn({ machine: name }, 'the guest did not shut down in time: cutting its power');
    }
  }
  await driver.stopMachine(address, name, 'forced', 0);
}
