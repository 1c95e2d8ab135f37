// Service, disk and network offerings.
import { area } from '../../kernel/area.ts';
import { resource } from '../../kernel/command/resource.ts';
import { openUnlessPrivate } from '../zone/private-to-domain.ts';
import { DiskOffering } from './disk-offering.entity.ts';
import { NetworkOffering } from './network-offering.entity.ts';
import { ServiceOffering } from './service-offering.entity.ts';

export const offeringArea = area({
  name: 'offering',
  resources: [
    resource(ServiceOffering, { noun: 'service offering', type: 'ServiceOffering', may: openUnlessPrivate }),
    resource(DiskOffering, { noun: 'disk offering', type: 'DiskOffering', may: openUnlessPrivate }),
    resource(NetworkOffering, { noun: 'network offering', type: 'NetworkOffering', may: openUnlessPrivate }),
  ],
  entities: [ServiceOffering, DiskOffering, NetworkOffering],
});
