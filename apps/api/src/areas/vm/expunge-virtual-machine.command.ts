// expungeVirtualMachine
import { assertVmCan, type VmId } from '@strata/domain';
import { everyRole } from '../../kernel/command/caller.ts';
import { command, success } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { expungeVm } from './destroy-vm.saga.ts';
import { assertMayExpunge } from './expunge-rights.ts';
import { VirtualMachine } from './virtual-machine.entity.ts';
import { vmSubject } from './vm-rows.ts';

export const expungeVirtualMachine = command({
  name: 'expungeVirtualMachine',
  about: 'Removes a destroyed virtual machine for good: its disks, its addresses and its record.',
  roles: everyRole,
  async: true,
  event: 'VM.EXPUNGE',
  since: '1.0',
  params: {
    id: param.ref(VirtualMachine, { required: true, access: 'operate', about: 'the destroyed virtual machine' }),
  },
  returns: success,
  async execute({ id: vm }, { jobs, caller, settings }) {
    assertMayExpunge(caller, settings);
    assertVmCan(vm, 'expungeRequested');
    return jobs.start(expungeVm, { vmId: vm.id as VmId, volumeIds: [] }, { subject: vmSubject(vm) });
  },
});
