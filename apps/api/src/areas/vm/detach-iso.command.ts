// detachIso
import { problem } from '@strata/domain';
import { everyRole } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { takeOutIso } from './change-iso.saga.ts';
import { vmSubject } from './vm-rows.ts';
import { VirtualMachine } from './virtual-machine.entity.ts';
import { virtualMachineView } from './virtual-machine.view.ts';

export const detachIso = command({
  name: 'detachIso',
  about: 'Takes the ISO out of the CD drive of a virtual machine, also while it runs.',
  roles: everyRole,
  async: true,
  event: 'ISO.DETACH',
  since: '1.0',
  params: {
    virtualmachineid: param.ref(VirtualMachine, { required: true, access: 'operate', about: 'the virtual machine' }),
  },
  returns: virtualMachineView,
  async execute({ virtualmachineid: vm }, { jobs }) {
    if (vm.isoId === null) throw problem('conflict', `virtual machine ${vm.displayName} has no ISO in its drive`);
    return jobs.start(takeOutIso, { vmId: vm.id }, { subject: vmSubject(vm) });
  },
});
