// The physical network as answers show it.
import { source } from '../../kernel/command/source.ts';
import { field, view } from '../../kernel/command/view.ts';

export interface PhysicalNetworkRow {
  id: number;
  uuid: string;
  name: string;
  zoneUuid: string;
  zoneName: string;
  state: string;
  vlan: string | null;
  isolationMethods: string;
  networkSpeed: string | null;
  tags: string;
  broadcastDomainRange: string;
  domainUuid: string | null;
}

export const physicalNetworkSource = source<PhysicalNetworkRow>({
  from: 'physical_network p',
  joins: ['JOIN zone z ON z.id = p.zone_id', 'LEFT JOIN domain d ON d.id = p.domain_id'],
  columns: {
    id: 'p.id',
    uuid: 'p.uuid',
    name: 'p.name',
    zoneUuid: 'z.uuid',
    zoneName: 'z.name',
    state: 'p.state',
    vlan: 'p.vlan',
    isolationMethods: 'p.isolation_methods',
    networkSpeed: 'p.network_speed',
    tags: 'p.tags',
    broadcastDomainRange: 'p.broadcast_domain_range',
    domainUuid: 'd.uuid',
  },
});

export const physicalNetworkView = view<PhysicalNetworkRow>('physicalnetwork', {
  id: field.string('the id of the physical network', (row) => row.uuid),
  name: field.string('its name', (row) => row.name),
  zoneid: field.string('its zone', (row) => row.zoneUuid),
  zonename: field.string('the name of its zone', (row) => row.zoneName),
  state: field.string('Enabled or Disabled', (row) => row.state),
  vlan: field.string('VLANs for isolated networks', (row) => row.vlan),
  isolationmethods: field.string('how networks on it are kept apart', (row) => row.isolationMethods || undefined),
  networkspeed: field.string('its speed', (row) => row.networkSpeed),
  tags: field.string('offerings with such a tag choose it', (row) => row.tags || undefined),
  broadcastdomainrange: field.string('whether its broadcasts reach a POD or the ZONE', (row) => row.broadcastDomainRange),
  domainid: field.string('the domain it is kept for', (row) => row.domainUuid),
});
