// stopVirtualMachine
import { assertVmCan, type VmId } from '@strata/domain';
import { everyRole } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { stopVm } from './stop-vm.saga.ts';
import { VirtualMachine } from './virtual-machine.entity.ts';
import { virtualMachineView } from './virtual-machine.view.ts';
import { vmSubject } from './vm-rows.ts';

export const stopVirtualMachine = command({
  name: 'stopVirtualMachine',
  about: 'Stops a running virtual machine.',
  roles: everyRole,
  async: true,
  event: 'VM.STOP',
  since: '1.0',
  params: {
    id: param.ref(VirtualMachine, { required: true, access: 'operate', about: 'the virtual machine to stop' }),
    forced: param.boolean({ about: 'true: cut the power at once instead of asking the guest first' }),
  },
  returns: virtualMachineView,
  async execute({ id: vm, forced = false }, { jobs }) {
    assertVmCan(vm, 'stopRequested');
    return jobs.start(stopVm, { vmId: vm.id as VmId, forced }, { subject: vmSubject(vm) });
  },
});
