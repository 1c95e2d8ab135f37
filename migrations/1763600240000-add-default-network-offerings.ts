// The network offerings that come with the product: four for the system's own networks, the rest for guests.
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Columns that differ; the rest is the same for all. */
interface Offering {
  readonly uuid: string;
  readonly name: string;
  readonly text: string;
  readonly traffic: string;
  readonly guest: string | null;
  readonly services: readonly { readonly name: string; readonly providers: readonly string[] }[];
  readonly availability: 'Optional' | 'Required';
  readonly flags: readonly ('system' | 'vlan' | 'ranges' | 'conserve' | 'vpc' | 'egress')[];
}

const by = (provider: string, ...names: readonly string[]) => names.map((name) => ({ name, providers: [provider] }));
const vpcServices = ['Dhcp', 'Dns', 'UserData', 'SourceNat', 'StaticNat', 'PortForwarding', 'Vpn', 'NetworkACL', 'Gateway'];

const offerings: readonly Offering[] = [
  {
    uuid: '0eaac303-b652-46e1-8421-939a4dd51605',
    name: 'System-Public-Network',
    text: 'System network for public traffic',
    traffic: 'Public',
    guest: null,
    services: [],
    availability: 'Required',
    flags: ['system', 'egress'],
  },
  {
    uuid: '2f0b82b8-eda0-433d-86e3-c6fb5b565e98',
    name: 'System-Management-Network',
    text: 'System network for management traffic',
    traffic: 'Management',
    guest: null,
    services: [],
    availability: 'Required',
    flags: ['system', 'egress'],
  },
  {
    uuid: '64a685d1-06a4-4595-8dd3-a5e74bf511cf',
    name: 'System-Control-Network',
    text: 'System network for control traffic',
    traffic: 'Control',
    guest: null,
    services: [],
    availability: 'Required',
    flags: ['system', 'egress'],
  },
  {
    uuid: 'eb6865c8-5156-4be8-8207-7a6b368d14f0',
    name: 'System-Storage-Network',
    text: 'System network for storage traffic',
    traffic: 'Storage',
    guest: null,
    services: [],
    availability: 'Required',
    flags: ['system', 'egress'],
  },
  {
    uuid: '54aa3948-3455-46a9-89e3-89196b786cda',
    name: 'DefaultSharedNetworkOfferingWithSGService',
    text: 'Shared network with security groups',
    traffic: 'Guest',
    guest: 'Shared',
    services: [...by('VirtualRouter', 'Dhcp', 'Dns', 'UserData'), ...by('SecurityGroupProvider', 'SecurityGroup')],
    availability: 'Optional',
    flags: ['vlan', 'ranges', 'conserve', 'egress'],
  },
  {
    uuid: '8abdaf7d-d0f6-4f18-8327-d5747723b657',
    name: 'DefaultSharedNetworkOffering',
    text: 'Shared network',
    traffic: 'Guest',
    guest: 'Shared',
    services: by('VirtualRouter', 'Dhcp', 'Dns', 'UserData'),
    availability: 'Optional',
    flags: ['vlan', 'ranges', 'conserve', 'egress'],
  },
  {
    uuid: '0372ecfa-f087-40c6-84cb-24246de0770f',
    name: 'DefaultIsolatedNetworkOfferingWithSourceNatService',
    text: 'Isolated network with source NAT, firewall, port forwarding and load balancing',
    traffic: 'Guest',
    guest: 'Isolated',
    services: by('VirtualRouter', 'Dhcp', 'Dns', 'UserData', 'Firewall', 'SourceNat', 'StaticNat', 'PortForwarding', 'Lb', 'Vpn'),
    availability: 'Required',
    flags: ['conserve'],
  },
  {
    uuid: 'da7fe089-4d99-47b8-8963-e4a21d1106f8',
    name: 'DefaultIsolatedNetworkOffering',
    text: 'Isolated network without source NAT',
    traffic: 'Guest',
    guest: 'Isolated',
    services: by('VirtualRouter', 'Dhcp', 'Dns', 'UserData'),
    availability: 'Optional',
    flags: ['vlan', 'ranges', 'conserve', 'egress'],
  },
  {
    uuid: '44360eeb-6c8a-45cf-8b7b-7a766546591a',
    name: 'DefaultIsolatedNetworkOfferingForVpcNetworks',
    text: 'Tier of a VPC',
    traffic: 'Guest',
    guest: 'Isolated',
    services: by('VpcVirtualRouter', ...vpcServices, 'Lb'),
    availability: 'Optional',
    flags: ['vpc', 'egress'],
  },
  {
    uuid: 'ce67c4ef-18ed-4582-8afc-7d3881b821bc',
    name: 'DefaultIsolatedNetworkOfferingForVpcNetworksNoLB',
    text: 'Tier of a VPC without load balancing',
    traffic: 'Guest',
    guest: 'Isolated',
    services: by('VpcVirtualRouter', ...vpcServices),
    availability: 'Optional',
    flags: ['vpc', 'egress'],
  },
  {
    uuid: '840907f2-54cf-4c7f-8197-9b3cac8b4b9f',
    name: 'DefaultL2NetworkOffering',
    text: 'Network without services',
    traffic: 'Guest',
    guest: 'L2',
    services: [],
    availability: 'Optional',
    flags: ['conserve', 'egress'],
  },
  {
    uuid: '0d360dfe-19c7-45ea-8d91-8bd69d34254c',
    name: 'DefaultL2NetworkOfferingVlan',
    text: 'Network without services on a VLAN given by hand',
    traffic: 'Guest',
    guest: 'L2',
    services: [],
    availability: 'Optional',
    flags: ['vlan', 'conserve', 'egress'],
  },
  {
    uuid: '3a038604-c446-4d34-816e-e46ee109d813',
    name: 'QuickCloudNoServices',
    text: 'Shared network without services',
    traffic: 'Guest',
    guest: 'Shared',
    services: [],
    availability: 'Optional',
    flags: ['vlan', 'ranges', 'conserve', 'egress'],
  },
];

export class AddDefaultNetworkOfferings1763600240000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const { uuid, name, text, traffic, guest, services, availability, flags } of offerings) {
      await runner.query(
        `INSERT INTO network_offering (uuid, name, display_text, state, traffic_type, guest_type, availability, services, is_default, is_system,
           specify_vlan, specify_ip_ranges, conserve_mode, for_vpc, egress_default_allow, tags, created)
         SELECT ?, ?, ?, 'Enabled', ?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?, '', UTC_TIMESTAMP(3) FROM DUAL WHERE NOT EXISTS (SELECT 1 FROM network_offering WHERE uuid = ?)`,
        [
          uuid,
          name,
          text,
          traffic,
          guest,
          availability,
          JSON.stringify(services),
          ...(['system', 'vlan', 'ranges', 'conserve', 'vpc', 'egress'] as const).map((flag) => flags.includes(flag)),
          uuid,
        ],
      );
    }
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only: restore a backup instead');
  }
}
