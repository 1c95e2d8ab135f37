// The address range as answers show it.
import { formatCidr } from '@strata/domain';
import { source } from '../../kernel/command/source.ts';
import { field, type Flag, view } from '../../kernel/command/view.ts';
import { cidrOfRange } from '../zone/zone-ranges.ts';

export interface VlanIpRangeRow {
  id: number;
  uuid: string;
  zoneUuid: string;
  podUuid: string | null;
  podName: string | null;
  networkUuid: string;
  physicalNetworkUuid: string | null;
  vlan: string;
  gateway: string;
  netmask: string;
  startIp: string;
  endIp: string;
  forVirtualNetwork: Flag;
}

export const vlanIpRangeSource = source<VlanIpRangeRow>({
  from: 'vlan_ip_range r',
  joins: [
    'JOIN zone z ON z.id = r.zone_id',
    'JOIN network n ON n.id = r.network_id',
    'LEFT JOIN pod p ON p.id = r.pod_id',
    'LEFT JOIN physical_network w ON w.id = r.physical_network_id',
  ],
  columns: {
    id: 'r.id',
    uuid: 'r.uuid',
    zoneUuid: 'z.uuid',
    podUuid: 'p.uuid',
    podName: 'p.name',
    networkUuid: 'n.uuid',
    physicalNetworkUuid: 'w.uuid',
    vlan: 'r.vlan',
    gateway: 'r.gateway',
    netmask: 'r.netmask',
    startIp: 'r.start_ip',
    endIp: 'r.end_ip',
    forVirtualNetwork: 'r.for_virtual_network',
  },
});

export const vlanIpRangeView = view<VlanIpRangeRow>('vlaniprange', {
  id: field.string('the id of the range', (range) => range.uuid),
  zoneid: field.string('its zone', (range) => range.zoneUuid),
  podid: field.string('its pod, in basic zones', (range) => range.podUuid),
  podname: field.string('the name of its pod', (range) => range.podName),
  networkid: field.string('its network', (range) => range.networkUuid),
  physicalnetworkid: field.string('the physical network that carries it', (range) => range.physicalNetworkUuid),
  vlan: field.string('untagged or its VLAN', (range) => (range.vlan === 'untagged' ? 'vlan://untagged' : range.vlan)),
  gateway: field.string('its gateway', (range) => range.gateway),
  netmask: field.string('its netmask', (range) => range.netmask),
  cidr: field.string('its subnet', (range) => formatCidr(cidrOfRange(range))),
  startip: field.string('its first address', (range) => range.startIp),
  endip: field.string('its last address', (range) => range.endIp),
  forvirtualnetwork: field.boolean('true: public addresses; false: addresses of guests', (range) => range.forVirtualNetwork),
});
