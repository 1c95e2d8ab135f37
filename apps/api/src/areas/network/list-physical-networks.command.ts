// listPhysicalNetworks
import { adminRoles } from '../../kernel/command/caller.ts';
import { listCommand } from '../../kernel/command/list-command.ts';
import { param } from '../../kernel/command/param.ts';
import { Zone } from '../zone/zone.entity.ts';
import { PhysicalNetwork } from './physical-network.entity.ts';
import { physicalNetworkSource, physicalNetworkView } from './physical-network.view.ts';

export const listPhysicalNetworks = listCommand({
  name: 'listPhysicalNetworks',
  about: 'Lists physical networks.',
  roles: adminRoles,
  since: '1.0',
  params: {
    id: param.ref(PhysicalNetwork, { access: 'see', about: 'only this physical network' }),
    name: param.string({ about: 'only physical networks of this name' }),
    zoneid: param.ref(Zone, { access: 'see', about: 'only physical networks of this zone' }),
  },
  source: physicalNetworkSource,
  returns: physicalNetworkView,
  keyword: ['p.name'],
  where(args, where) {
    where.equals('p.id', args.id?.id).equals('p.name', args.name).equals('p.zone_id', args.zoneid?.id);
  },
});
