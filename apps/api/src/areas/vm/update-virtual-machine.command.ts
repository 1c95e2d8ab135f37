// updateVirtualMachine
import { assertGuestHostName, parseDisplayName, problem } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import { everyRole } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { rowById } from '../../kernel/command/source.ts';
import { changesOf } from '../../kernel/db/changes.ts';
import { unlessTaken } from '../../kernel/db/unique.ts';
import { GuestOsType } from '../guest-os/guest-os-type.entity.ts';
import { changeGroups, chooseGroups, groupParams } from '../security-group/membership.ts';
import { Zone } from '../zone/zone.entity.ts';
import { storeUserData, userDataParam } from './user-data.ts';
import { VirtualMachine } from './virtual-machine.entity.ts';
import { virtualMachineSource, virtualMachineView } from './virtual-machine.view.ts';

export const updateVirtualMachine = command({
  name: 'updateVirtualMachine',
  about: 'Changes names, group, OS type, user data, security groups or high availability of a virtual machine.',
  roles: everyRole,
  event: 'VM.UPDATE',
  since: '1.0',
  params: {
    id: param.ref(VirtualMachine, { required: true, access: 'operate', about: 'the virtual machine' }),
    name: param.string({ about: 'its new host name; only while it is stopped' }),
    displayname: param.string({ about: 'its new display name' }),
    group: param.text({ about: 'its new group; empty for none' }),
    haenable: param.boolean({ about: 'whether it is started again after its host failed' }),
    displayvm: param.boolean({ roles: ['Admin', 'ResourceAdmin'], about: 'whether it is shown to users' }),
    ostypeid: param.ref(GuestOsType, { access: 'use', about: 'its new OS type; only while it is stopped' }),
    userdata: userDataParam,
    ...groupParams,
  },
  returns: virtualMachineView,
  async execute({ id: vm, ostypeid: osType, userdata, name, ...args }, { tx, secrets }) {
    if ((name !== undefined || osType) && vm.state !== 'Stopped') {
      throw problem(
        'conflict',
        `virtual machine ${vm.name} is ${vm.state}: its host name and OS type can be changed only while it is Stopped`,
      );
    }
    const groupIds = await groupsFor(vm, args, tx);
    if (name !== undefined) assertGuestHostName(name, 'name');
    const changes = changesOf<VirtualMachine>({
      name,
      displayName: args.displayname === undefined ? undefined : parseDisplayName(args.displayname, 'displayname'),
      groupName: args.group === undefined || args.group === '' ? args.group : parseDisplayName(args.group, 'group'),
      haEnabled: args.haenable,
      displayVm: args.displayvm,
      osTypeId: osType?.id,
    });
    if (changes) {
      await unlessTaken(
        tx.update(VirtualMachine, { id: vm.id }, changes),
        `parameter name: a virtual machine named ${name} exists already in this zone and account; choose another name`,
      );
    }
    if (userdata !== undefined) await storeUserData({ tx, secrets }, vm.id, userdata);
    if (groupIds) await changeGroups(tx, vm.id, groupIds);
    return rowById(virtualMachineSource, tx, vm.id);
  },
});

/** @throws conflict unless the machine is stopped: its filters are loaded when it starts */
async function groupsFor(vm: VirtualMachine, args: Parameters<typeof chooseGroups>[3], tx: EntityManager): Promise<number[] | undefined> {
  if (!args.securitygroupids?.length && !args.securitygroupnames?.length) return undefined;
  if (vm.state !== 'Stopped')
    throw problem('conflict', `virtual machine ${vm.name} is ${vm.state}: its security groups can be changed only while it is Stopped`);
  return chooseGroups(tx, await tx.findOneByOrFail(Zone, { id: vm.zoneId }), vm.accountId, args);
}
