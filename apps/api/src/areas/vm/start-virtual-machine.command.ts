// startVirtualMachine
import { assertVmCan, type VmId } from '@strata/domain';
import { everyRole } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { destinationOf, destinationParams } from './destination.ts';
import { startVm } from './start-vm.saga.ts';
import { VirtualMachine } from './virtual-machine.entity.ts';
import { virtualMachineView } from './virtual-machine.view.ts';
import { vmSubject } from './vm-rows.ts';

export const startVirtualMachine = command({
  name: 'startVirtualMachine',
  about: 'Starts a stopped virtual machine.',
  roles: everyRole,
  async: true,
  event: 'VM.START',
  since: '1.0',
  params: {
    id: param.ref(VirtualMachine, { required: true, access: 'operate', about: 'the virtual machine to start' }),
    ...destinationParams,
  },
  returns: virtualMachineView,
  async execute({ id: vm, ...args }, { jobs }) {
    assertVmCan(vm, 'startRequested');
    return jobs.start(startVm, { vmId: vm.id as VmId, ...destinationOf(args) }, { subject: vmSubject(vm) });
  },
});
