// The network card as answers show it, and how its rows are read.
import { formatIpv4 } from '@strata/domain';
import { source } from '../../kernel/command/source.ts';
import { field, view } from '../../kernel/command/view.ts';

export interface NicRow {
  readonly vmId: number;
  readonly uuid: string;
  readonly deviceId: number;
  readonly mac: string;
  readonly ip: number | null;
  readonly netmask: string | null;
  readonly gateway: string | null;
  readonly networkUuid: string;
  readonly networkName: string;
  readonly guestType: string | null;
  readonly trafficType: string;
  /** Who reads cards has their machine at hand: no join for it. */
  vmUuid?: string;
}

export const nicSource = source<NicRow>({
  from: 'nic n',
  joins: ['JOIN network w ON w.id = n.network_id', 'LEFT JOIN vlan_ip_range r ON r.id = n.range_id'],
  columns: {
    vmId: 'n.vm_id',
    uuid: 'n.uuid',
    deviceId: 'n.device_id',
    mac: 'n.mac',
    ip: 'n.ip',
    netmask: 'r.netmask',
    gateway: 'r.gateway',
    networkUuid: 'w.uuid',
    networkName: 'w.name',
    guestType: 'w.guest_type',
    trafficType: 'w.traffic_type',
  },
  orderBy: 'n.vm_id, n.device_id, n.id',
});

export const nicView = view<NicRow>('nic', {
  id: field.string('the id of the network card', (nic) => nic.uuid),
  virtualmachineid: field.string('the virtual machine it is in', (nic) => nic.vmUuid),
  networkid: field.string('the network it is in', (nic) => nic.networkUuid),
  networkname: field.string('the name of that network', (nic) => nic.networkName),
  ipaddress: field.string('its IPv4 address', (nic) => (nic.ip === null ? null : formatIpv4(nic.ip))),
  netmask: field.string('the netmask of its subnet', (nic) => nic.netmask),
  gateway: field.string('the gateway of its subnet', (nic) => nic.gateway),
  macaddress: field.string('its MAC address', (nic) => nic.mac),
  traffictype: field.string('the kind of traffic it carries', (nic) => nic.trafficType),
  type: field.string('the kind of network it is in', (nic) => nic.guestType),
  isdefault: field.boolean('whether it holds the default route', (nic) => nic.deviceId === 0),
  deviceid: field.string('its position on the bus', (nic) => String(nic.deviceId)),
  secondaryip: field.strings('further addresses', () => []),
});
