// The network offering as answers show it.
import { source } from '../../kernel/command/source.ts';
import { field, type Flag, view } from '../../kernel/command/view.ts';
import { networkServiceView } from '../network/network-service.view.ts';
import { shownServices } from '../network/network-services.ts';

export interface NetworkOfferingRow {
  id: number;
  uuid: string;
  name: string;
  displayText: string;
  state: string;
  trafficType: string;
  guestType: string | null;
  availability: string;
  services: string;
  isDefault: Flag;
  specifyVlan: Flag;
  specifyIpRanges: Flag;
  conserveMode: Flag;
  isPersistent: Flag;
  forVpc: Flag;
  egressDefaultAllow: Flag;
  networkRateMbit: number | null;
  maxConnections: number | null;
  tags: string;
  created: Date;
  serviceOfferingUuid: string | null;
  domainUuid: string | null;
  domainName: string | null;
  zoneUuid: string | null;
  zoneName: string | null;
}

export const networkOfferingSource = source<NetworkOfferingRow>({
  from: 'network_offering o',
  joins: [
    // Where none was chosen, routers have the size that came with the product.
    "LEFT JOIN service_offering s ON s.id = COALESCE(o.service_offering_id, (SELECT MIN(id) FROM service_offering WHERE is_default = 1 AND system_vm_type = 'domainrouter'))",
    'LEFT JOIN domain d ON d.id = o.domain_id',
    'LEFT JOIN zone z ON z.id = o.zone_id',
  ],
  columns: {
    id: 'o.id',
    uuid: 'o.uuid',
    name: 'o.name',
    displayText: 'o.display_text',
    state: 'o.state',
    trafficType: 'o.traffic_type',
    guestType: 'o.guest_type',
    availability: 'o.availability',
    services: 'o.services',
    isDefault: 'o.is_default',
    specifyVlan: 'o.specify_vlan',
    specifyIpRanges: 'o.specify_ip_ranges',
    conserveMode: 'o.conserve_mode',
    isPersistent: 'o.is_persistent',
    forVpc: 'o.for_vpc',
    egressDefaultAllow: 'o.egress_default_allow',
    networkRateMbit: 'o.network_rate_mbit',
    maxConnections: 'o.max_connections',
    tags: 'o.tags',
    created: 'o.created',
    serviceOfferingUuid: 's.uuid',
    domainUuid: 'd.uuid',
    domainName: 'd.name',
    zoneUuid: 'z.uuid',
    zoneName: 'z.name',
  },
  orderBy: 'o.sort_key, o.id',
});

export const networkOfferingView = view<NetworkOfferingRow>('networkoffering', {
  id: field.string('the id of the offering', (row) => row.uuid),
  name: field.string('its name', (row) => row.name),
  displaytext: field.string('its description', (row) => row.displayText),
  state: field.string('Enabled or Disabled', (row) => row.state),
  traffictype: field.string('what its networks carry', (row) => row.trafficType),
  guestiptype: field.string('Shared, Isolated or L2', (row) => row.guestType),
  availability: field.string('Required: every account has such a network; Optional', (row) => row.availability),
  isdefault: field.boolean('whether it came with the product', (row) => row.isDefault),
  specifyvlan: field.boolean('whether the VLAN is given by hand', (row) => row.specifyVlan),
  specifyipranges: field.boolean('whether address ranges are given by hand', (row) => row.specifyIpRanges),
  conservemode: field.boolean('whether services share public addresses', (row) => row.conserveMode),
  ispersistent: field.boolean('whether networks stay built without machines', (row) => row.isPersistent),
  forvpc: field.boolean('whether it is for tiers of VPCs', (row) => row.forVpc),
  egressdefaultpolicy: field.boolean(
    'whether traffic to the outside is allowed unless a rule says otherwise',
    (row) => row.egressDefaultAllow,
  ),
  networkrate: field.integer('Mbit/s', (row) => row.networkRateMbit),
  maxconnections: field.integer('connections of its load balancers', (row) => row.maxConnections),
  serviceofferingid: field.string('the size of its virtual routers', (row) => row.serviceOfferingUuid),
  tags: field.string('tags that physical networks must carry', (row) => row.tags || undefined),
  internetprotocol: field.string('IPv4 or DualStack', () => 'IPv4'),
  service: field.list('its services', networkServiceView, (row) => shownServices(row.services)),
  domainid: field.string('the domain it is for', (row) => row.domainUuid),
  domain: field.string('the name of that domain', (row) => row.domainName),
  zoneid: field.string('the zone it is for', (row) => row.zoneUuid),
  zone: field.string('the name of that zone', (row) => row.zoneName),
  created: field.date('when it was made', (row) => row.created),
});
