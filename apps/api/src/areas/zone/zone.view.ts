// The zone as answers show it.
import type { AllocationState } from '@strata/domain';
import { field, type Flag, view } from '../../kernel/command/view.ts';
import { source } from '../../kernel/command/source.ts';
import { type CapacityRow, capacityView } from '../capacity/capacity.view.ts';

export interface ZoneRow {
  id: number;
  uuid: string;
  name: string;
  networkType: string;
  dns1: string;
  dns2: string | null;
  internalDns1: string;
  internalDns2: string | null;
  networkDomain: string | null;
  guestCidr: string | null;
  allocationState: AllocationState;
  securityGroupsEnabled: Flag;
  localStorageEnabled: Flag;
  domainUuid: string | null;
  domainName: string | null;
  /** Only when asked for. */
  capacity?: readonly CapacityRow[];
}

export const zoneSource = source<ZoneRow>({
  from: 'zone z',
  joins: ['LEFT JOIN domain d ON d.id = z.domain_id'],
  columns: {
    id: 'z.id',
    uuid: 'z.uuid',
    name: 'z.name',
    networkType: 'z.network_type',
    dns1: 'z.dns1',
    dns2: 'z.dns2',
    internalDns1: 'z.internal_dns1',
    internalDns2: 'z.internal_dns2',
    networkDomain: 'z.network_domain',
    guestCidr: 'z.guest_cidr',
    allocationState: 'z.allocation_state',
    securityGroupsEnabled: 'z.security_groups_enabled',
    localStorageEnabled: 'z.local_storage_enabled',
    domainUuid: 'd.uuid',
    domainName: 'd.name',
  },
  orderBy: 'z.sort_key, z.id',
});

export const zoneView = view<ZoneRow>('zone', {
  id: field.string('the id of the zone', (zone) => zone.uuid),
  name: field.string('the name of the zone', (zone) => zone.name),
  networktype: field.string('Basic or Advanced', (zone) => zone.networkType),
  type: field.string('Core: a zone with everything', () => 'Core'),
  allocationstate: field.string('whether the zone takes new machines: Enabled or Disabled', (zone) => zone.allocationState),
  dns1: field.string('first DNS server of guests', (zone) => zone.dns1),
  dns2: field.string('second DNS server of guests', (zone) => zone.dns2),
  internaldns1: field.string('first DNS server of hosts and system machines', (zone) => zone.internalDns1, {
    roles: ['Admin', 'ResourceAdmin'],
  }),
  internaldns2: field.string('second DNS server of hosts and system machines', (zone) => zone.internalDns2, {
    roles: ['Admin', 'ResourceAdmin'],
  }),
  domain: field.string('DNS suffix of guests whose network has none', (zone) => zone.networkDomain),
  domainid: field.string('the domain that the zone is private to', (zone) => zone.domainUuid),
  domainname: field.string('the name of that domain', (zone) => zone.domainName),
  guestcidraddress: field.string('subnet of isolated networks that do not ask for another', (zone) => zone.guestCidr),
  securitygroupsenabled: field.boolean('whether security groups protect the machines of the zone', (zone) => zone.securityGroupsEnabled),
  localstorageenabled: field.boolean('whether disks may lie on hosts', (zone) => zone.localStorageEnabled),
  dhcpprovider: field.string('who answers DHCP', () => 'VirtualRouter'),
  capacity: field.list('what the zone has and how much of it is taken', capacityView, (zone) => zone.capacity),
  tags: field.strings('tags of the zone', () => []),
});
