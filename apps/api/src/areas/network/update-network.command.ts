// updateNetwork
import { parseDisplayName, problem } from '@strata/domain';
import { everyRole } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { NetworkOffering } from '../offering/network-offering.entity.ts';
import { optional, parseDnsServer, parseNetworkDomain } from '../zone/zone-parameters.ts';
import { Network } from './network.entity.ts';
import { networkView } from './network.view.ts';
import { changeNetwork } from './update-network.saga.ts';

export const updateNetwork = command({
  name: 'updateNetwork',
  about: 'Changes the name, description and DNS of a network.',
  roles: everyRole,
  async: true,
  event: 'NETWORK.UPDATE',
  since: '1.0',
  params: {
    id: param.ref(Network, { required: true, access: 'operate', about: 'the network' }),
    name: param.string({ about: 'the new name' }),
    displaytext: param.string({ about: 'the new description' }),
    networkdomain: param.text({ about: 'DNS suffix of its machines; empty for that of the zone' }),
    dns1: param.text({ about: 'first DNS server of its machines; empty for that of the zone' }),
    dns2: param.text({ about: 'second DNS server of its machines; empty for none' }),
    displaynetwork: param.boolean({ roles: ['Admin'], about: 'whether users see it' }),
    networkofferingid: param.ref(NetworkOffering, { access: 'use', about: 'must stay as it is' }),
  },
  returns: networkView,
  execute: ({ id: network, ...args }, { jobs }) => {
    if (network.isSystem) throw problem('invalid', `network ${network.name} is one of the system's own and cannot be changed`);
    if (args.networkofferingid && args.networkofferingid.id !== network.networkOfferingId) {
      throw problem(
        'invalid',
        `network ${network.name} keeps its offering: create another network with ${args.networkofferingid.name} instead`,
      );
    }
    const input = {
      networkId: network.id,
      name: args.name === undefined ? undefined : parseDisplayName(args.name, 'name'),
      displayText: args.displaytext,
      networkDomain: args.networkdomain === undefined ? undefined : optional(args.networkdomain, 'networkdomain', parseNetworkDomain),
      dns1: args.dns1 === undefined ? undefined : optional(args.dns1, 'dns1', parseDnsServer),
      dns2: args.dns2 === undefined ? undefined : optional(args.dns2, 'dns2', parseDnsServer),
      displayNetwork: args.displaynetwork,
    };
    return jobs.start(changeNetwork, input, { subject: { type: 'Network', id: network.id, uuid: network.uuid } });
  },
});
