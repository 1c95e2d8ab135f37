// listPublicIpAddresses
import { everyRole } from '../../kernel/command/caller.ts';
import { command, listOf } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { field, view } from '../../kernel/command/view.ts';

const publicIpAddressView = view<{ uuid: string; ip: string }>('publicipaddress', {
  id: field.string('the id of the address', (row) => row.uuid),
  ipaddress: field.string('the address', (row) => row.ip),
});

/** Apache Libcloud asks with each list of machines, to tell which of them the outside reaches. Guests of basic zones have no such address. */
export const listPublicIpAddresses = command({
  name: 'listPublicIpAddresses',
  about: 'Lists public IP addresses of accounts: none can be acquired.',
  roles: everyRole,
  since: '1.0',
  params: {
    id: param.uuid({ about: 'only the address with this id' }),
    ipaddress: param.string({ about: 'only this address' }),
    listall: param.boolean({ about: 'all addresses the caller may see' }),
  },
  returns: listOf(publicIpAddressView),
  execute: () => Promise.resolve([]),
});
