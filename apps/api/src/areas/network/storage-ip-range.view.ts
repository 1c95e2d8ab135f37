// The storage address range as answers show it.
import { source } from '../../kernel/command/source.ts';
import { field, view } from '../../kernel/command/view.ts';

export interface StorageIpRangeRow {
  id: number;
  uuid: string;
  zoneUuid: string;
  podUuid: string;
  networkUuid: string;
  vlan: number | null;
  gateway: string;
  netmask: string;
  startIp: string;
  endIp: string;
}

export const storageIpRangeSource = source<StorageIpRangeRow>({
  from: 'storage_ip_range r',
  joins: ['JOIN zone z ON z.id = r.zone_id', 'JOIN pod p ON p.id = r.pod_id', 'JOIN network n ON n.id = r.network_id'],
  columns: {
    id: 'r.id',
    uuid: 'r.uuid',
    zoneUuid: 'z.uuid',
    podUuid: 'p.uuid',
    networkUuid: 'n.uuid',
    vlan: 'r.vlan',
    gateway: 'r.gateway',
    netmask: 'r.netmask',
    startIp: 'r.start_ip',
    endIp: 'r.end_ip',
  },
});

export const storageIpRangeView = view<StorageIpRangeRow>('storagenetworkiprange', {
  id: field.string('the id of the range', (range) => range.uuid),
  zoneid: field.string('its zone', (range) => range.zoneUuid),
  podid: field.string('its pod', (range) => range.podUuid),
  networkid: field.string('the zone’s network for storage traffic', (range) => range.networkUuid),
  vlan: field.integer('its VLAN; untagged when absent', (range) => range.vlan),
  gateway: field.string('its gateway', (range) => range.gateway),
  netmask: field.string('its netmask', (range) => range.netmask),
  startip: field.string('its first address', (range) => range.startIp),
  endip: field.string('its last address', (range) => range.endIp),
});
