// The services that networks can have, who can provide them and what they can do there.
import type { OfferedService } from '../offering/network-offering.entity.ts';

export interface ServiceCapability {
  readonly name: string;
  readonly value: string;
  /** Whether an offering chooses the value. */
  readonly chosen?: boolean;
}

export interface ServiceProvider {
  readonly name: string;
  /** Whether an offering may take some of its services and leave others. */
  readonly selectable: boolean;
  readonly services: Readonly<Record<string, readonly ServiceCapability[]>>;
}

const protocols = (value: string): ServiceCapability => ({ name: 'SupportedProtocols', value });

/** Every physical network gets these, disabled at first. */
export const serviceProviders: readonly ServiceProvider[] = [
  {
    name: 'VirtualRouter',
    selectable: true,
    services: {
      Dhcp: [{ name: 'DhcpAccrossMultipleSubnets', value: 'true' }],
      Dns: [{ name: 'AllowDnsSuffixModification', value: 'true' }],
      UserData: [],
      Firewall: [
        protocols('tcp,udp,icmp'),
        { name: 'SupportedTrafficDirection', value: 'ingress,egress' },
        { name: 'MultipleIps', value: 'true' },
      ],
      SourceNat: [
        { name: 'SupportedSourceNatTypes', value: 'peraccount', chosen: true },
        { name: 'RedundantRouter', value: 'false', chosen: true },
      ],
      StaticNat: [{ name: 'ElasticIp', value: 'false' }],
      PortForwarding: [protocols('tcp,udp')],
      Lb: [
        protocols('tcp,udp'),
        { name: 'SupportedLbAlgorithms', value: 'roundrobin,leastconn,source' },
        { name: 'SupportedLBIsolation', value: 'dedicated', chosen: true },
        { name: 'LbSchemes', value: 'Public' },
      ],
      Vpn: [{ name: 'VpnTypes', value: 'removeaccessvpn' }],
    },
  },
  { name: 'SecurityGroupProvider', selectable: false, services: { SecurityGroup: [] } },
];

/** Providers of networks inside a VPC: known to offerings, not to physical networks. */
const vpcProvider: ServiceProvider = {
  name: 'VpcVirtualRouter',
  selectable: true,
  services: { ...serviceProviders[0]!.services, NetworkACL: [protocols('tcp,udp,icmp')], Gateway: [] },
};

export const allServiceProviders: readonly ServiceProvider[] = [...serviceProviders, vpcProvider];

export function findProvider(name: string): ServiceProvider | undefined {
  return allServiceProviders.find((provider) => provider.name.toLowerCase() === name.toLowerCase());
}

export const serviceNames: readonly string[] = [
  ...new Set([...allServiceProviders.flatMap(({ services }) => Object.keys(services)), 'Connectivity']),
];

/** A service as answers show it. */
export interface ShownService {
  readonly name: string;
  readonly providers: readonly string[];
  readonly capabilities: readonly ServiceCapability[];
}

/** The services stored with an offering, with what their providers can do. */
export function shownServices(json: string): ShownService[] {
  return (JSON.parse(json) as OfferedService[]).map(({ name, providers, capabilities = {} }) => {
    const known = findProvider(providers[0] ?? '')?.services[name] ?? [];
    return {
      name,
      providers,
      capabilities: known.map((capability) => ({ ...capability, value: capabilities[capability.name] ?? capability.value })),
    };
  });
}
