// listTrafficTypes
import { adminRoles } from '../../kernel/command/caller.ts';
import { listCommand } from '../../kernel/command/list-command.ts';
import { param } from '../../kernel/command/param.ts';
import { PhysicalNetwork } from './physical-network.entity.ts';
import { trafficTypeSource, trafficTypeView } from './traffic-type.view.ts';

export const listTrafficTypes = listCommand({
  name: 'listTrafficTypes',
  about: 'Lists what a physical network carries.',
  roles: adminRoles,
  since: '1.0',
  params: { physicalnetworkid: param.ref(PhysicalNetwork, { required: true, access: 'see', about: 'the physical network' }) },
  source: trafficTypeSource,
  returns: trafficTypeView,
  keyword: ['t.kind'],
  where(args, where) {
    where.equals('t.physical_network_id', args.physicalnetworkid.id);
  },
});
