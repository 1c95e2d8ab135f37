// Physical networks, traffic types, providers, networks and address ranges.
import { area, presenter } from '../../kernel/area.ts';
import { administratorsOnly, resource } from '../../kernel/command/resource.ts';
import { addNetworkServiceProvider } from './add-network-service-provider.command.ts';
import { equipProvider } from './add-network-service-provider.saga.ts';
import { addProviders } from './add-providers.saga.ts';
import { addTrafficType } from './add-traffic-type.command.ts';
import { carryTraffic } from './add-traffic-type.saga.ts';
import { configureVirtualRouterElement } from './configure-virtual-router-element.command.ts';
import { switchElement } from './configure-virtual-router-element.saga.ts';
import { createNetwork } from './create-network.command.ts';
import { createPhysicalNetwork } from './create-physical-network.command.ts';
import { createStorageNetworkIpRange } from './create-storage-network-ip-range.command.ts';
import { useStorageNetwork } from './create-storage-network-ip-range.saga.ts';
import { createVlanIpRange } from './create-vlan-ip-range.command.ts';
import { deleteNetworkServiceProvider } from './delete-network-service-provider.command.ts';
import { removeProvider } from './delete-network-service-provider.saga.ts';
import { deleteNetwork } from './delete-network.command.ts';
import { removeNetwork } from './delete-network.saga.ts';
import { deletePhysicalNetwork } from './delete-physical-network.command.ts';
import { removePhysicalNetwork } from './delete-physical-network.saga.ts';
import { deleteStorageNetworkIpRange } from './delete-storage-network-ip-range.command.ts';
import { removeStorageRange } from './delete-storage-network-ip-range.saga.ts';
import { deleteTrafficType } from './delete-traffic-type.command.ts';
import { removeTrafficType } from './delete-traffic-type.saga.ts';
import { deleteVlanIpRange } from './delete-vlan-ip-range.command.ts';
import { GuestAddress } from './guest-address.entity.ts';
import { listNetworkServiceProviders } from './list-network-service-providers.command.ts';
import { listNetworks } from './list-networks.command.ts';
import { listPhysicalNetworks } from './list-physical-networks.command.ts';
import { listStorageNetworkIpRange } from './list-storage-network-ip-range.command.ts';
import { listSupportedNetworkServices } from './list-supported-network-services.command.ts';
import { listTrafficTypes } from './list-traffic-types.command.ts';
import { listVirtualRouterElements } from './list-virtual-router-elements.command.ts';
import { listVlanIpRanges } from './list-vlan-ip-ranges.command.ts';
import { networkAccess } from './network-access.ts';
import { NetworkServiceProvider } from './network-service-provider.entity.ts';
import { Network } from './network.entity.ts';
import { networkSource, networkView } from './network.view.ts';
import { PhysicalNetwork } from './physical-network.entity.ts';
import { physicalNetworkSource, physicalNetworkView } from './physical-network.view.ts';
import { providerSource, providerView } from './provider.view.ts';
import { StorageIpRange } from './storage-ip-range.entity.ts';
import { storageIpRangeSource, storageIpRangeView } from './storage-ip-range.view.ts';
import { TrafficType } from './traffic-type.entity.ts';
import { trafficTypeSource, trafficTypeView } from './traffic-type.view.ts';
import { updateNetworkServiceProvider } from './update-network-service-provider.command.ts';
import { changeProvider } from './update-network-service-provider.saga.ts';
import { updateNetwork } from './update-network.command.ts';
import { changeNetwork } from './update-network.saga.ts';
import { updatePhysicalNetwork } from './update-physical-network.command.ts';
import { changePhysicalNetwork } from './update-physical-network.saga.ts';
import { updateTrafficType } from './update-traffic-type.command.ts';
import { changeLabels } from './update-traffic-type.saga.ts';
import { updateVlanIpRange } from './update-vlan-ip-range.command.ts';
import { VirtualRouterElement } from './virtual-router-element.entity.ts';
import { virtualRouterElementSource, virtualRouterElementView } from './virtual-router-element.view.ts';
import { VlanIpRange } from './vlan-ip-range.entity.ts';
import { In } from 'typeorm';

export const networkArea = area({
  name: 'network',
  commands: [
    addNetworkServiceProvider,
    addTrafficType,
    configureVirtualRouterElement,
    createNetwork,
    createPhysicalNetwork,
    createStorageNetworkIpRange,
    createVlanIpRange,
    deleteNetworkServiceProvider,
    deleteNetwork,
    deletePhysicalNetwork,
    deleteStorageNetworkIpRange,
    deleteTrafficType,
    deleteVlanIpRange,
    listNetworkServiceProviders,
    listNetworks,
    listPhysicalNetworks,
    listStorageNetworkIpRange,
    listSupportedNetworkServices,
    listTrafficTypes,
    listVirtualRouterElements,
    listVlanIpRanges,
    updateNetworkServiceProvider,
    updateNetwork,
    updatePhysicalNetwork,
    updateTrafficType,
    updateVlanIpRange,
  ],
  sagas: [
    equipProvider,
    addProviders,
    carryTraffic,
    switchElement,
    useStorageNetwork,
    removeProvider,
    removeNetwork,
    removePhysicalNetwork,
    removeStorageRange,
    removeTrafficType,
    changeProvider,
    changeNetwork,
    changePhysicalNetwork,
    changeLabels,
  ],
  presenters: [
    presenter('PhysicalNetwork', physicalNetworkView, physicalNetworkSource),
    presenter('TrafficType', trafficTypeView, trafficTypeSource),
    presenter('PhysicalNetworkServiceProvider', providerView, providerSource),
    presenter('VirtualRouterProvider', virtualRouterElementView, virtualRouterElementSource),
    presenter('Network', networkView, networkSource),
    presenter('StorageNetworkIpRange', storageIpRangeView, storageIpRangeSource),
  ],
  resources: [
    resource(PhysicalNetwork, { noun: 'physical network', type: 'PhysicalNetwork', may: administratorsOnly }),
    resource(TrafficType, { noun: 'traffic type', type: 'TrafficType', may: administratorsOnly }),
    resource(NetworkServiceProvider, { noun: 'network service provider', type: 'PhysicalNetworkServiceProvider', may: administratorsOnly }),
    resource(VirtualRouterElement, { noun: 'virtual router element', type: 'VirtualRouterProvider', may: administratorsOnly }),
    resource(Network, { noun: 'network', type: 'Network', may: networkAccess }),
    resource(VlanIpRange, { noun: 'address range', type: 'VlanIpRange', may: administratorsOnly }),
    resource(StorageIpRange, { noun: 'storage address range', type: 'StorageNetworkIpRange', may: administratorsOnly }),
  ],
  accountContents: [
    { noun: 'network', count: (read, accountIds) => read.countBy(Network, { accountId: In([...accountIds]), aclType: 'Account' }) },
  ],
  domainContents: [
    { noun: 'shared network', count: (read, domainIds) => read.countBy(Network, { domainId: In([...domainIds]), aclType: 'Domain' }) },
  ],
  entities: [
    PhysicalNetwork,
    TrafficType,
    NetworkServiceProvider,
    VirtualRouterElement,
    Network,
    VlanIpRange,
    GuestAddress,
    StorageIpRange,
  ],
});
