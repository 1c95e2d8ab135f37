// What zones, pods and clusters have and how much of it is taken.
import { area } from '../../kernel/area.ts';
import { listCapacity } from './list-capacity.command.ts';
import {
  cpuOverprovisioningFactor,
  hostReservedMemory,
  memoryOverprovisioningFactor,
  storageOverprovisioningFactor,
} from './overcommit.settings.ts';

export const capacityArea = area({
  name: 'capacity',
  commands: [listCapacity],
  settings: [cpuOverprovisioningFactor, memoryOverprovisioningFactor, hostReservedMemory, storageOverprovisioningFactor],
});
