// Stops a system machine and removes its root disk: a start makes that anew.
import { systemVmName } from '@strata/domain';
import { DriverError } from '@strata/hypervisor';
import { type HostsStep, type RowsStep, saga } from '../../kernel/jobs/saga.ts';
import { cutPower } from '../vm/machine-steps.ts';
import { removeRootDisk, type RootDisk, rootDiskOf } from './root-disk.ts';
import { getSystemVm, leaveHost, moveSystemVm, releaseDisk } from './system-vm-rows.ts';

type StopInput = {
  readonly systemVmId: number;
  readonly forced: boolean;
  /** Nobody wants it off: it starts again as soon as there is room. */
  readonly isPassing?: boolean;
};
type Found = { readonly name: string; readonly hostId: number | null; readonly disk: RootDisk | null };

/** Its agent ends downloads and leases by itself within this time. */
const gracefulMs = 20_000;

export const stopSystemMachine = saga<StopInput>('stopSystemVm')
  .rows('stopping', enterStopping, leaveStopping)
  .hosts('machine', powerOff)
  .hosts('disk', async (step) => removeRootDisk(step.out.stopping.disk, step))
  .rows('stopped', async ({ tx, input, clock }) => {
    const vm = await getSystemVm(tx, input.systemVmId);
    await releaseDisk(tx, vm);
    if (vm.state !== 'Stopped')
      await leaveHost(tx, await getSystemVm(tx, vm.id), 'stopped', clock, { isStoppedOnRequest: input.isPassing !== true });
  });

async function enterStopping({ tx, input, clock }: RowsStep<StopInput, object>): Promise<Found> {
  const vm = await getSystemVm(tx, input.systemVmId);
  if (vm.state !== 'Stopping') await moveSystemVm(tx, vm, 'stopRequested', clock);
  return { name: systemVmName(vm.kind, vm.id), hostId: vm.hostId, disk: await rootDiskOf(tx, vm) };
}

/** Whether the power is off is not known then. Where it is, the next look at the host makes the machine Stopped. */
async function leaveStopping({ tx, input, clock }: RowsStep<StopInput, object>): Promise<void> {
  const vm = await getSystemVm(tx, input.systemVmId);
  if (vm.state === 'Stopping') await moveSystemVm(tx, vm, 'stopFailed', clock);
}

async function powerOff(step: HostsStep<StopInput, { stopping: Found }>): Promise<void> {
  const { name, hostId } = step.out.stopping;
  if (hostId === null) return;
  if (!step.input.forced) await askMachine(name, hostId, step);
  await cutPower(name, hostId, step);
}

export async function askMachine(
  name: string,
  hostId: number,
  { drivers, log }: Pick<HostsStep<unknown, object>, 'drivers' | 'log'>,
): Promise<void> {
  const { driver, address } = await drivers.for(hostId);
  try {
    await driver.stopMachine(address, name, 'graceful', gracefulMs);
  } catch (error) {
    if (!(error instanceof DriverError) || error.kind !== 'busy') throw error;
    log.warn({ machine: name }, 'a system machine did not shut down in time: its power is cut');
  }
}
