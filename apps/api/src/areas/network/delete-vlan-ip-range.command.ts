// deleteVlanIpRange
import { adminRoles } from '../../kernel/command/caller.ts';
import { command, success } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { removeRange } from './range-addresses.ts';
import { VlanIpRange } from './vlan-ip-range.entity.ts';

export const deleteVlanIpRange = command({
  name: 'deleteVlanIpRange',
  about: 'Deletes an address range of which no machine has an address.',
  roles: adminRoles,
  event: 'VLAN.IP.RANGE.DELETE',
  since: '1.0',
  params: { id: param.ref(VlanIpRange, { required: true, access: 'operate', about: 'the range' }) },
  returns: success,
  execute: ({ id: range }, { tx }) => removeRange(tx, range.id),
});
