// listNics
import { everyRole } from '../../kernel/command/caller.ts';
import { listCommand } from '../../kernel/command/list-command.ts';
import { param } from '../../kernel/command/param.ts';
import { Network } from '../network/network.entity.ts';
import { nicSource, nicView } from './nic.view.ts';
import { VirtualMachine } from './virtual-machine.entity.ts';

export const listNics = listCommand({
  name: 'listNics',
  about: 'Lists the network cards of a virtual machine.',
  roles: everyRole,
  since: '1.0',
  params: {
    virtualmachineid: param.ref(VirtualMachine, { required: true, access: 'see', about: 'the virtual machine' }),
    nicid: param.uuid({ about: 'only this network card' }),
    networkid: param.ref(Network, { access: 'see', about: 'only cards in this network' }),
  },
  source: nicSource,
  returns: nicView,
  keyword: ['n.mac'],
  where({ virtualmachineid: vm, nicid, networkid }, where) {
    where.equals('n.vm_id', vm.id).equals('n.uuid', nicid).equals('n.network_id', networkid?.id);
  },
  finish(nics, { virtualmachineid: vm }) {
    for (const nic of nics) nic.vmUuid = vm.uuid;
  },
});
