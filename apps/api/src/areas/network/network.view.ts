// The network as answers show it.
import { findIpv4, formatDomainPath, formatIpv4, netmaskOfPrefix } from '@strata/domain';
import { source } from '../../kernel/command/source.ts';
import { field, type Flag, view } from '../../kernel/command/view.ts';
import { networkServiceView } from './network-service.view.ts';
import { shownServices } from './network-services.ts';
import { untagged } from './vlan-numbers.ts';

export interface NetworkRow {
  id: number;
  uuid: string;
  name: string;
  displayText: string;
  trafficType: string;
  guestType: string | null;
  state: string;
  vlan: string | null;
  gateway: string | null;
  cidr: string | null;
  networkDomain: string | null;
  dns1: string | null;
  dns2: string | null;
  aclType: string;
  subdomainAccess: Flag;
  isSystem: Flag;
  restartRequired: Flag;
  displayNetwork: Flag;
  created: Date;
  zoneUuid: string;
  zoneName: string;
  zoneNetworkType: string;
  zoneDns1: string;
  zoneDns2: string | null;
  physicalNetworkUuid: string | null;
  offeringUuid: string;
  offeringName: string;
  offeringDisplayText: string;
  availability: string;
  conserveMode: Flag;
  specifyVlan: Flag;
  specifyIpRanges: Flag;
  isPersistent: Flag;
  egressDefaultAllow: Flag;
  services: string;
  domainUuid: string | null;
  domainName: string | null;
  domainPath: string | null;
  accountName: string | null;
}

export const networkSource = source<NetworkRow>({
  from: 'network n',
  joins: [
    'JOIN zone z ON z.id = n.zone_id',
    'JOIN network_offering o ON o.id = n.network_offering_id',
    'LEFT JOIN physical_network p ON p.id = n.physical_network_id',
    'LEFT JOIN domain d ON d.id = n.domain_id',
    'LEFT JOIN account a ON a.id = n.account_id',
  ],
  columns: {
    id: 'n.id',
    uuid: 'n.uuid',
    name: 'n.name',
    displayText: 'n.display_text',
    trafficType: 'n.traffic_type',
    guestType: 'n.guest_type',
    state: 'n.state',
    vlan: 'n.vlan',
    gateway: 'n.gateway',
    cidr: 'n.cidr',
    networkDomain: 'COALESCE(n.network_domain, z.network_domain)',
    dns1: 'n.dns1',
    dns2: 'n.dns2',
    aclType: 'n.acl_type',
    subdomainAccess: 'n.subdomain_access',
    isSystem: 'n.is_system',
    restartRequired: 'n.restart_required',
    displayNetwork: 'n.display_network',
    created: 'n.created',
    zoneUuid: 'z.uuid',
    zoneName: 'z.name',
    zoneNetworkType: 'z.network_type',
    zoneDns1: 'z.dns1',
    zoneDns2: 'z.dns2',
    physicalNetworkUuid: 'p.uuid',
    offeringUuid: 'o.uuid',
    offeringName: 'o.name',
    offeringDisplayText: 'o.display_text',
    availability: 'o.availability',
    conserveMode: 'o.conserve_mode',
    specifyVlan: 'o.specify_vlan',
    specifyIpRanges: 'o.specify_ip_ranges',
    isPersistent: 'o.is_persistent',
    egressDefaultAllow: 'o.egress_default_allow',
    services: 'o.services',
    domainUuid: 'd.uuid',
    domainName: 'd.name',
    domainPath: 'd.path',
    accountName: 'a.name',
  },
});

const administrators = { roles: ['Admin', 'ResourceAdmin'] } as const;

function netmaskOf(cidr: string | null): string | undefined {
  const [address = '', prefix = ''] = cidr?.split('/') ?? [];
  return findIpv4(address) === undefined ? undefined : formatIpv4(netmaskOfPrefix(Number(prefix)));
}

/** A basic zone's network has no VLANs at all. */
function broadcastType(network: NetworkRow): string {
  return network.zoneNetworkType === 'Basic' ? 'Native' : 'Vlan';
}

export const networkView = view<NetworkRow>('network', {
  id: field.string('the id of the network', (network) => network.uuid),
  name: field.string('its name', (network) => network.name),
  displaytext: field.string('its description', (network) => network.displayText),
  traffictype: field.string('what it carries', (network) => network.trafficType),
  type: field.string('Shared, Isolated or L2', (network) => network.guestType),
  state: field.string('its state', (network) => network.state),
  related: field.string('the network it was made from', (network) => network.uuid),
  zoneid: field.string('its zone', (network) => network.zoneUuid),
  zonename: field.string('the name of its zone', (network) => network.zoneName),
  physicalnetworkid: field.string('the physical network that carries it', (network) => network.physicalNetworkUuid, administrators),
  networkofferingid: field.string('its offering', (network) => network.offeringUuid),
  networkofferingname: field.string('the name of its offering', (network) => network.offeringName),
  networkofferingdisplaytext: field.string('the description of its offering', (network) => network.offeringDisplayText),
  networkofferingavailability: field.string('whether accounts must, may or cannot have such a network', (network) => network.availability),
  networkofferingconservemode: field.boolean('whether services share public addresses', (network) => network.conserveMode),
  gateway: field.string('gateway of its machines', (network) => network.gateway),
  netmask: field.string('netmask of its machines', (network) => netmaskOf(network.cidr)),
  cidr: field.string('its subnet', (network) => network.cidr),
  networkdomain: field.string('DNS suffix of its machines', (network) => network.networkDomain),
  dns1: field.string('first DNS server of its machines', (network) => network.dns1 ?? network.zoneDns1),
  dns2: field.string('second DNS server of its machines', (network) => (network.dns1 ? network.dns2 : network.zoneDns2)),
  vlan: field.string('its VLAN', (network) => network.vlan ?? untagged, administrators),
  broadcastdomaintype: field.string('how it is kept apart', broadcastType),
  broadcasturi: field.string('its VLAN as a URI', (network) => `vlan://${network.vlan ?? untagged}`, administrators),
  acltype: field.string('Domain: for all accounts of a domain; Account: for one', (network) => network.aclType),
  subdomainaccess: field.boolean('whether domains below may use it', (network) =>
    network.aclType === 'Domain' ? network.subdomainAccess : undefined,
  ),
  domainid: field.string('its domain', (network) => network.domainUuid),
  domain: field.string('the name of its domain', (network) => network.domainName),
  domainpath: field.string('the path of its domain', (network) =>
    network.domainPath === null ? undefined : formatDomainPath(network.domainPath),
  ),
  account: field.string('its owner', (network) => network.accountName),
  issystem: field.boolean('whether it is one of the system’s own', (network) => network.isSystem),
  isdefault: field.boolean(
    'whether machines get it unless they ask for another',
    (network) => network.zoneNetworkType === 'Basic' && network.trafficType === 'Guest',
  ),
  canusefordeploy: field.boolean('whether machines can be put into it', (network) => network.trafficType === 'Guest'),
  displaynetwork: field.boolean('whether users see it', (network) => network.displayNetwork),
  restartrequired: field.boolean('whether changes wait for a restart', (network) => network.restartRequired),
  specifyipranges: field.boolean('whether its ranges are given by hand', (network) => network.specifyIpRanges),
  specifyvlan: field.boolean('whether its VLAN is given by hand', (network) => network.specifyVlan),
  ispersistent: field.boolean('whether it stays built without machines', (network) => network.isPersistent),
  egressdefaultpolicy: field.boolean(
    'whether traffic to the outside is allowed unless a rule says otherwise',
    (network) => network.egressDefaultAllow,
  ),
  service: field.list('its services', networkServiceView, (network) => shownServices(network.services)),
  created: field.date('when it was made', (network) => network.created),
  tags: field.strings('its tags', () => []),
});
