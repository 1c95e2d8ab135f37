// getVirtualMachineUserData
import { everyRole } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { field, view } from '../../kernel/command/view.ts';
import { readUserData } from './user-data.ts';
import { VirtualMachine } from './virtual-machine.entity.ts';

interface UserDataRow {
  readonly vmUuid: string;
  readonly userData: string | null;
}

const userDataView = view<UserDataRow>('virtualmachineuserdata', {
  virtualmachineid: field.string('the virtual machine', (row) => row.vmUuid),
  userdata: field.string('its user data, in base64', (row) => row.userData),
});

export const getVirtualMachineUserData = command({
  name: 'getVirtualMachineUserData',
  about: 'Answers the user data of a virtual machine.',
  roles: everyRole,
  since: '1.0',
  params: {
    virtualmachineid: param.ref(VirtualMachine, { required: true, access: 'operate', about: 'the virtual machine' }),
  },
  returns: userDataView,
  async execute({ virtualmachineid: vm }, ctx) {
    return { vmUuid: vm.uuid, userData: await readUserData(ctx, vm.id) };
  },
});
