// listNetworkServiceProviders
import { adminRoles } from '../../kernel/command/caller.ts';
import { listCommand } from '../../kernel/command/list-command.ts';
import { param } from '../../kernel/command/param.ts';
import { PhysicalNetwork } from './physical-network.entity.ts';
import { providerSource, providerView } from './provider.view.ts';

export const listNetworkServiceProviders = listCommand({
  name: 'listNetworkServiceProviders',
  about: 'Lists the service providers of physical networks.',
  roles: adminRoles,
  since: '1.0',
  params: {
    physicalnetworkid: param.ref(PhysicalNetwork, { access: 'see', about: 'only providers of this physical network' }),
    name: param.string({ about: 'only providers of this name' }),
    state: param.string({ about: 'only providers in this state' }),
  },
  source: providerSource,
  returns: providerView,
  keyword: ['s.name'],
  where(args, where) {
    where
      .equals('s.physical_network_id', args.physicalnetworkid?.id)
      .equals('LOWER(s.name)', args.name?.toLowerCase())
      .equals('LOWER(s.state)', args.state?.toLowerCase());
  },
});
