// The pod as answers show it.
import { formatCidr } from '@strata/domain';
import { source } from '../../kernel/command/source.ts';
import { field, view } from '../../kernel/command/view.ts';
import { type CapacityRow, capacityView } from '../capacity/capacity.view.ts';
import { cidrOfRange } from './zone-ranges.ts';

export interface PodRow {
  id: number;
  uuid: string;
  name: string;
  zoneUuid: string;
  zoneName: string;
  gateway: string;
  netmask: string;
  startIp: string;
  endIp: string;
  allocationState: string;
  /** Only when asked for. */
  capacity?: readonly CapacityRow[];
}

export const podSource = source<PodRow>({
  from: 'pod p',
  joins: ['JOIN zone z ON z.id = p.zone_id'],
  columns: {
    id: 'p.id',
    uuid: 'p.uuid',
    name: 'p.name',
    zoneUuid: 'z.uuid',
    zoneName: 'z.name',
    gateway: 'p.gateway',
    netmask: 'p.netmask',
    startIp: 'p.start_ip',
    endIp: 'p.end_ip',
    allocationState: 'p.allocation_state',
  },
});

const ipRangeView = view<PodRow>('iprange', {
  startip: field.string('first address', (pod) => pod.startIp),
  endip: field.string('last address', (pod) => pod.endIp),
  gateway: field.string('gateway', (pod) => pod.gateway),
  cidr: field.string('subnet', (pod) => formatCidr(cidrOfRange(pod))),
  forsystemvms: field.string('1: kept for system machines', () => '0'),
  vlanid: field.string('VLAN', () => 'untagged'),
});

/** Start and end are lists on the wire, as a pod may have several ranges there. */
export const podView = view<PodRow>('pod', {
  id: field.string('the id of the pod', (pod) => pod.uuid),
  name: field.string('the name of the pod', (pod) => pod.name),
  zoneid: field.string('its zone', (pod) => pod.zoneUuid),
  zonename: field.string('the name of its zone', (pod) => pod.zoneName),
  gateway: field.string('gateway of its hosts', (pod) => pod.gateway),
  netmask: field.string('netmask of its hosts', (pod) => pod.netmask),
  startip: field.strings('first address for system machines', (pod) => [pod.startIp]),
  endip: field.strings('last address for system machines', (pod) => [pod.endIp]),
  forsystemvms: field.strings('1 for each range kept for system machines', () => ['0']),
  vlanid: field.strings('VLAN of each range', () => ['untagged']),
  ipranges: field.list('the same ranges as objects', ipRangeView, (pod) => [pod]),
  allocationstate: field.string('whether the pod takes new machines: Enabled or Disabled', (pod) => pod.allocationState),
  capacity: field.list('what the pod has and how much of it is taken', capacityView, (pod) => pod.capacity),
});
