// destroyVirtualMachine
import { assertVmCan, problem, type VmId } from '@strata/domain';
import { everyRole } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { Volume } from '../volume/volume.entity.ts';
import { destroyAndExpungeVm, destroyVm } from './destroy-vm.saga.ts';
import { assertMayExpunge } from './expunge-rights.ts';
import { VirtualMachine } from './virtual-machine.entity.ts';
import { virtualMachineView } from './virtual-machine.view.ts';
import { vmSubject } from './vm-rows.ts';

export const destroyVirtualMachine = command({
  name: 'destroyVirtualMachine',
  about: 'Destroys a virtual machine. It can be recovered until it is expunged.',
  roles: everyRole,
  async: true,
  event: 'VM.DESTROY',
  since: '1.0',
  params: {
    id: param.ref(VirtualMachine, { required: true, access: 'operate', about: 'the virtual machine to destroy' }),
    expunge: param.boolean({ about: 'true: remove its disks and addresses at once; it cannot be recovered then' }),
    volumeids: param.refs(Volume, {
      access: 'operate',
      about: 'data disks to remove with it when it is expunged; the others stay as detached volumes',
    }),
  },
  returns: virtualMachineView,
  async execute({ id: vm, expunge = false, volumeids: volumes = [] }, { caller, jobs, settings }) {
    if (expunge) assertMayExpunge(caller, settings);
    const foreign = volumes.find(({ vmId }) => vmId !== vm.id);
    if (foreign) throw problem('invalid', `parameter volumeids: volume ${foreign.uuid} does not belong to virtual machine ${vm.name}`);
    if (!(expunge && vm.state === 'Destroyed')) assertVmCan(vm, 'destroyRequested');
    const subject = vmSubject(vm);
    const vmId = vm.id as VmId;
    return expunge
      ? jobs.start(destroyAndExpungeVm, { vmId, volumeIds: volumes.map(({ id }) => id) }, { subject })
      : jobs.start(destroyVm, { vmId }, { subject });
  },
});
