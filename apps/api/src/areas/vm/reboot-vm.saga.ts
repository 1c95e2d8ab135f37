// Resets a running machine without moving it.
import { instanceNameOf, type VmId, vmLifecycle } from '@strata/domain';
import { transition } from '../../kernel/db/transition.ts';
import { saga } from '../../kernel/jobs/saga.ts';
import { VirtualMachine } from './virtual-machine.entity.ts';
import { getVm } from './vm-rows.ts';

export const rebootVm = saga<{ vmId: VmId }>('rebootVirtualMachine')
  .rows('rebooting', async ({ tx, input, clock }) => {
    const vm = await getVm(tx, input.vmId);
    await transition(tx, VirtualMachine, vm, vmLifecycle, 'rebootRequested', { stateChangedAt: clock.now() });
    return { name: instanceNameOf(vm.accountId, vm.id), hostId: vm.hostId! };
  })
  .hosts('machine', async ({ out, drivers }) => {
    const { driver, address } = await drivers.for(out.rebooting.hostId);
    await driver.rebootMachine(address, out.rebooting.name);
  });
