// rebootVirtualMachine
import { assertVmCan, type VmId } from '@strata/domain';
import { everyRole } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { rebootVm } from './reboot-vm.saga.ts';
import { VirtualMachine } from './virtual-machine.entity.ts';
import { virtualMachineView } from './virtual-machine.view.ts';
import { vmSubject } from './vm-rows.ts';

export const rebootVirtualMachine = command({
  name: 'rebootVirtualMachine',
  about: 'Resets a running virtual machine.',
  roles: everyRole,
  async: true,
  event: 'VM.REBOOT',
  since: '1.0',
  params: {
    id: param.ref(VirtualMachine, { required: true, access: 'operate', about: 'the virtual machine to reboot' }),
  },
  returns: virtualMachineView,
  async execute({ id: vm }, { jobs }) {
    assertVmCan(vm, 'rebootRequested');
    return jobs.start(rebootVm, { vmId: vm.id as VmId }, { subject: vmSubject(vm) });
  },
});
