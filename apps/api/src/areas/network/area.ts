// Physical networks, traffic types, providers, networks and address ranges.
import { area } from '../../kernel/area.ts';
import { administratorsOnly, resource } from '../../kernel/command/resource.ts';
import { GuestAddress } from './guest-address.entity.ts';
import { networkAccess } from './network-access.ts';
import { NetworkServiceProvider } from './network-service-provider.entity.ts';
import { Network } from './network.entity.ts';
import { PhysicalNetwork } from './physical-network.entity.ts';
import { StorageIpRange } from './storage-ip-range.entity.ts';
import { TrafficType } from './traffic-type.entity.ts';
import { VirtualRouterElement } from './virtual-router-element.entity.ts';
import { VlanIpRange } from './vlan-ip-range.entity.ts';

export const networkArea = area({
  name: 'network',
  resources: [
    resource(PhysicalNetwork, { noun: 'physical network', type: 'PhysicalNetwork', may: administratorsOnly }),
    resource(TrafficType, { noun: 'traffic type', type: 'TrafficType', may: administratorsOnly }),
    resource(NetworkServiceProvider, { noun: 'network service provider', type: 'PhysicalNetworkServiceProvider', may: administratorsOnly }),
    resource(VirtualRouterElement, { noun: 'virtual router element', type: 'VirtualRouterProvider', may: administratorsOnly }),
    resource(Network, { noun: 'network', type: 'Network', may: networkAccess }),
    resource(VlanIpRange, { noun: 'address range', type: 'VlanIpRange', may: administratorsOnly }),
    resource(StorageIpRange, { noun: 'storage address range', type: 'StorageNetworkIpRange', may: administratorsOnly }),
  ],
  entities: [PhysicalNetwork, TrafficType, NetworkServiceProvider, VirtualRouterElement, Network, VlanIpRange, GuestAddress, StorageIpRange],
});
