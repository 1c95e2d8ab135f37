// Stops a running machine: asks the guest, and cuts the power when it does not obey in time.
import { instanceNameOf, type Problem, problem, type VmId, vmLifecycle } from '@strata/domain';
import { transition } from '../../kernel/db/transition.ts';
import { type HostsStep, type RowsStep, saga } from '../../kernel/jobs/saga.ts';
import { isLost } from '../host/lost-host.ts';
import { removeFiltersOf } from '../security-group/guest-filters.ts';
import { cutPower, findAbsentHost } from './machine-steps.ts';
import { gracefulStopTimeoutMs } from './vm.settings.ts';
import { VirtualMachine } from './virtual-machine.entity.ts';
import { getVm, leaveHost } from './vm-rows.ts';

type StopInput = { readonly vmId: VmId; readonly forced: boolean };
type Placed = { readonly name: string; readonly hostId: number | null };

export const stopVm = saga<StopInput>('stopVirtualMachine')
  .rows('stopping', enterStopping, leaveStopping)
  .hosts('machine', powerOff)
  .rows('stopped', async ({ tx, input, clock }) => {
    const vm = await getVm(tx, input.vmId);
    if (vm.state !== 'Stopped') await leaveHost(tx, vm, 'stopped', clock);
  });

async function enterStopping({ tx, input, clock }: RowsStep<StopInput, object>): Promise<Placed> {
  const vm = await getVm(tx, input.vmId);
  if (vm.state !== 'Stopping') await transition(tx, VirtualMachine, vm, vmLifecycle, 'stopRequested', { stateChangedAt: clock.now() });
  return { name: instanceNameOf(vm.accountId, vm.id), hostId: vm.hostId };
}

/** Whether the power is off is not known then. Where it is, the next look at the host makes the machine Stopped. */
async function leaveStopping({ tx, input, clock }: RowsStep<StopInput, object>): Promise<void> {
  const vm = await getVm(tx, input.vmId);
  if (vm.state === 'Stopping') await transition(tx, VirtualMachine, vm, vmLifecycle, 'stopFailed', { stateChangedAt: clock.now() });
}

async function powerOff(step: HostsStep<StopInput, { stopping: Placed }>): Promise<void> {
  const { name, hostId } = step.out.stopping;
  if (hostId === null) return;
  try {
    if (!step.input.forced) await askGuest(name, hostId, step);
    await cutPower(name, hostId, step);
    await removeFiltersOf(step.input.vmId, hostId, step);
  } catch (error) {
    const absent = isLost(error) ? await findAbsentHost(step.read, hostId) : undefined;
    if (absent?.state === 'Down') throw stopsNowhere(absent.name, error);
    throw error;
  }
}

async function askGuest(name: string, hostId: number, { drivers, settings, log }: HostsStep<StopInput, object>): Promise<void> {
  const { driver, address } = await drivers.for(hostId);
  try {
    await driver.stopMachine(address, name, 'graceful', settings.get(gracefulStopTimeoutMs));
  } catch (error) {
    if ((error as { kind?: string }).kind !== 'busy') throw error;
    log.warn({ machine: name }, 'the guest did not shut down in time: cutting its power');
  }
}

function stopsNowhere(host: string, cause: unknown): Problem {
  return problem(
    'unavailable',
    `host ${host} is Down, so nobody knows whether the machine still runs there: bring the host up and repeat, destroy the machine, or cut the host's power and call deleteHost with forced=true`,
    { cause },
  );
}
