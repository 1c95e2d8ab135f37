// How much of hosts and pools may be promised: over-provisioning factors, and what hosts keep for themselves.
import { setting } from '../../kernel/settings/settings.ts';

const factorFrom1 = (value: number) => (value >= 1 && value <= 100 ? undefined : 'a factor from 1 to 100 is expected');

export const cpuOverprovisioningFactor = setting<number>({
  name: 'cpu.overprovisioning.factor',
  about: 'How many times the CPU of a host may be promised to machines.',
  category: 'Capacity',
  initial: 1,
  scopes: ['cluster'],
  refuse: factorFrom1,
});

export const memoryOverprovisioningFactor = setting<number>({
  name: 'mem.overprovisioning.factor',
  about: 'How many times the memory of a host may be promised to machines.',
  category: 'Capacity',
  initial: 1,
  scopes: ['cluster'],
  refuse: factorFrom1,
});

export const hostReservedMemory = setting<number>({
  name: 'host.reserved.mem.mb',
  about: 'Memory of each host, in MiB, that is kept for the host itself and never promised to machines.',
  category: 'Capacity',
  initial: 1024,
  scopes: ['cluster'],
  refuse: (value) =>
    Number.isInteger(value) && value >= 0 && value <= 1_048_576 ? undefined : 'a whole number of MiB from 0 to 1048576 is expected',
});

export const storageOverprovisioningFactor = setting<number>({
  name: 'storage.overprovisioning.factor',
  about: 'How many times the size of a primary storage pool may be promised to volumes.',
  category: 'Capacity',
  initial: 2,
  scopes: ['storagepool'],
  refuse: factorFrom1,
});
