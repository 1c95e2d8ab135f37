// listVlanIpRanges
import { adminRoles } from '../../kernel/command/caller.ts';
import { listCommand } from '../../kernel/command/list-command.ts';
import { param } from '../../kernel/command/param.ts';
import { Pod } from '../zone/pod.entity.ts';
import { Zone } from '../zone/zone.entity.ts';
import { Network } from './network.entity.ts';
import { PhysicalNetwork } from './physical-network.entity.ts';
import { parseVlan } from './vlan-numbers.ts';
import { VlanIpRange } from './vlan-ip-range.entity.ts';
import { vlanIpRangeSource, vlanIpRangeView } from './vlan-ip-range.view.ts';

export const listVlanIpRanges = listCommand({
  name: 'listVlanIpRanges',
  about: 'Lists address ranges of guests and of the public network.',
  roles: adminRoles,
  since: '1.0',
  params: {
    id: param.ref(VlanIpRange, { access: 'see', about: 'only this range' }),
    zoneid: param.ref(Zone, { access: 'see', about: 'only ranges of this zone' }),
    podid: param.ref(Pod, { access: 'see', about: 'only ranges of this pod' }),
    networkid: param.ref(Network, { access: 'see', about: 'only ranges of this network' }),
    physicalnetworkid: param.ref(PhysicalNetwork, { access: 'see', about: 'only ranges on this physical network' }),
    forvirtualnetwork: param.boolean({ about: 'true: only public ranges; false: only guest ranges' }),
    vlan: param.string({ about: 'only ranges of this VLAN' }),
  },
  source: vlanIpRangeSource,
  returns: vlanIpRangeView,
  keyword: ['r.start_ip', 'r.end_ip', 'r.vlan'],
  where(args, where) {
    where
      .equals('r.id', args.id?.id)
      .equals('r.zone_id', args.zoneid?.id)
      .equals('r.pod_id', args.podid?.id)
      .equals('r.network_id', args.networkid?.id)
      .equals('r.physical_network_id', args.physicalnetworkid?.id)
      .equals('r.for_virtual_network', args.forvirtualnetwork)
      .equals('r.vlan', args.vlan === undefined ? undefined : parseVlan(args.vlan));
  },
});
