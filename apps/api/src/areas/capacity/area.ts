// What zones, pods and clusters have and how much of it is taken.
import { area } from '../../kernel/area.ts';
import { cpuOverprovisioning, memoryOverprovisioning } from './overprovisioning.ts';

export const capacityArea = area({
  name: 'capacity',
  settings: [cpuOverprovisioning, memoryOverprovisioning],
});
