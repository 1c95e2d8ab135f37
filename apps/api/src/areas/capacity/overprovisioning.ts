// How far CPU and memory of hosts may be promised more than once; a cluster may have factors of its own.
import type { Setting } from '../../kernel/settings/settings.ts';
import { setting } from '../../kernel/settings/settings.ts';

const refuse = (factor: number) => (factor >= 1 && factor <= 100 ? undefined : 'a factor from 1 to 100 is possible');

export const cpuOverprovisioning: Setting<number> = setting<number>({
  name: 'cpu.overprovisioning.factor',
  about: 'how many times the CPU of a host may be promised',
  category: 'Advanced',
  initial: 1,
  scopes: ['cluster'],
  refuse,
});

export const memoryOverprovisioning: Setting<number> = setting<number>({
  name: 'mem.overprovisioning.factor',
  about: 'how many times the memory of a host may be promised',
  category: 'Advanced',
  initial: 1,
  scopes: ['cluster'],
  refuse,
});
