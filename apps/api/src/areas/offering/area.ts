// Service, disk and network offerings.
import { area } from '../../kernel/area.ts';
import { resource } from '../../kernel/command/resource.ts';
import { openUnlessPrivate } from '../zone/private-to-domain.ts';
import { createDiskOffering } from './create-disk-offering.command.ts';
import { createNetworkOffering } from './create-network-offering.command.ts';
import { createServiceOffering } from './create-service-offering.command.ts';
import { deleteDiskOffering } from './delete-disk-offering.command.ts';
import { deleteNetworkOffering } from './delete-network-offering.command.ts';
import { deleteServiceOffering } from './delete-service-offering.command.ts';
import { DiskOffering } from './disk-offering.entity.ts';
import { listDiskOfferings } from './list-disk-offerings.command.ts';
import { listNetworkOfferings } from './list-network-offerings.command.ts';
import { listServiceOfferings } from './list-service-offerings.command.ts';
import { NetworkOffering } from './network-offering.entity.ts';
import { ServiceOffering } from './service-offering.entity.ts';
import { updateDiskOffering } from './update-disk-offering.command.ts';
import { updateNetworkOffering } from './update-network-offering.command.ts';
import { updateServiceOffering } from './update-service-offering.command.ts';
import { In } from 'typeorm';

export const offeringArea = area({
  name: 'offering',
  commands: [
    createDiskOffering,
    createNetworkOffering,
    createServiceOffering,
    deleteDiskOffering,
    deleteNetworkOffering,
    deleteServiceOffering,
    listDiskOfferings,
    listNetworkOfferings,
    listServiceOfferings,
    updateDiskOffering,
    updateNetworkOffering,
    updateServiceOffering,
  ],
  resources: [
    resource(ServiceOffering, { noun: 'service offering', type: 'ServiceOffering', may: openUnlessPrivate }),
    resource(DiskOffering, { noun: 'disk offering', type: 'DiskOffering', may: openUnlessPrivate }),
    resource(NetworkOffering, { noun: 'network offering', type: 'NetworkOffering', may: openUnlessPrivate }),
  ],
  entities: [ServiceOffering, DiskOffering, NetworkOffering],
  domainContents: [
    { noun: 'private service offering', count: (read, domainIds) => read.countBy(ServiceOffering, { domainId: In([...domainIds]) }) },
    { noun: 'private disk offering', count: (read, domainIds) => read.countBy(DiskOffering, { domainId: In([...domainIds]) }) },
    { noun: 'private network offering', count: (read, domainIds) => read.countBy(NetworkOffering, { domainId: In([...domainIds]) }) },
  ],
});
