// Destroys a system machine: off its host, its disk removed, its addresses and room given back. One whose host can't be asked stays Destroying,
// with its room there, until the host is back: whether it still runs there is not known.
import { systemVmName } from '@strata/domain';
import { type HostsStep, type RowsStep, saga } from '../../kernel/jobs/saga.ts';
import { isLost } from '../host/lost-host.ts';
import { findAbsentHost, forgetFormer, removeMachine } from '../vm/machine-steps.ts';
import { removeRootDisk, type RootDisk, rootDiskOf } from './root-disk.ts';
import { agentGone, forgetSystemVm, getSystemVm, moveSystemVm, quitHost } from './system-vm-rows.ts';

type DestroyInput = { readonly systemVmId: number };
type Found = { readonly name: string; readonly hostId: number | null; readonly lastHostId: number | null; readonly disk: RootDisk | null };
type TakenOff = {
  /** False when the host could not be asked. */
  readonly isOff: boolean;
};

export const destroySystemMachine = saga<DestroyInput>('destroySystemVm')
  .rows('destroying', enterDestroying)
  .hosts('machine', takeOffHost)
  .rows('off', async ({ tx, input, out, keepResult }) => {
    // What comes after leaves nothing to show.
    await keepResult('snapshot');
    if (out.machine.isOff) await quitHost(tx, await getSystemVm(tx, input.systemVmId));
  })
  .hosts('disk', async (step) => {
    if (step.out.machine.isOff) await removeRootDisk(step.out.destroying.disk, step);
  })
  .rows('gone', async ({ tx, input, out }) => {
    if (out.machine.isOff) await forgetSystemVm(tx, input.systemVmId);
  });

async function enterDestroying({ tx, input, clock }: RowsStep<DestroyInput, object>): Promise<Found> {
  const vm = await getSystemVm(tx, input.systemVmId);
  await moveSystemVm(tx, vm, 'destroyRequested', clock, agentGone(clock));
  return { name: systemVmName(vm.kind, vm.id), hostId: vm.hostId, lastHostId: vm.lastHostId, disk: await rootDiskOf(tx, vm) };
}

async function takeOffHost(step: HostsStep<DestroyInput, { destroying: Found }>): Promise<TakenOff> {
  const { name, hostId, lastHostId } = step.out.destroying;
  if (hostId === null) {
    if (lastHostId !== null) await forgetFormer(name, lastHostId, step);
    return { isOff: true };
  }
  try {
    await removeMachine(name, hostId, step);
    return { isOff: true };
  } catch (error) {
    const absent = isLost(error) ? await findAbsentHost(step.read, hostId) : undefined;
    if (!absent) throw error;
    step.log.warn(
      { machine: name, host: absent.name, err: error },
      'a system machine is destroyed on a host that is not Up: it is ended when the host is back',
    );
    return { isOff: false };
  }
}
