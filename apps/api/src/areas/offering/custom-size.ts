// CPUs and memory of a service offering: fixed, or chosen by the user within limits.
import { computeLimits, problem } from '@strata/domain';
import { within } from './offering-parameters.ts';
import type { ServiceOffering } from './service-offering.entity.ts';

export interface SizeParameters {
  readonly customized?: boolean | undefined;
  readonly cpunumber?: number | undefined;
  readonly cpuspeed?: number | undefined;
  readonly memory?: number | undefined;
  readonly mincpunumber?: number | undefined;
  readonly maxcpunumber?: number | undefined;
  readonly minmemory?: number | undefined;
  readonly maxmemory?: number | undefined;
}

const { cpuCores, cpuMhz, memoryMib: memory } = computeLimits;

type Size = Pick<
  ServiceOffering,
  'cpuNumber' | 'cpuSpeedMhz' | 'memoryMib' | 'minCpuNumber' | 'maxCpuNumber' | 'minMemoryMib' | 'maxMemoryMib'
>;

/** @throws invalid when limits and fixed sizes are mixed, missing or out of bounds */
export function parseSize(args: SizeParameters): Size {
  const cpuNumber = within(args.cpunumber, 'cpunumber', cpuCores.min, cpuCores.max);
  const cpuSpeedMhz = within(args.cpuspeed, 'cpuspeed', cpuMhz.min, cpuMhz.max);
  const memoryMib = within(args.memory, 'memory', memory.min, memory.max);
  const minCpuNumber = within(args.mincpunumber, 'mincpunumber', cpuCores.min, cpuCores.max);
  const maxCpuNumber = within(args.maxcpunumber, 'maxcpunumber', cpuCores.min, cpuCores.max);
  const minMemoryMib = within(args.minmemory, 'minmemory', memory.min, memory.max);
  const maxMemoryMib = within(args.maxmemory, 'maxmemory', memory.min, memory.max);
  const hasLimits = [minCpuNumber, maxCpuNumber, minMemoryMib, maxMemoryMib].some((limit) => limit !== undefined);
  const customized = args.customized ?? (hasLimits || [cpuNumber, cpuSpeedMhz, memoryMib].every((size) => size === undefined));
  if (!customized) {
    if (hasLimits)
      throw problem(
        'invalid',
        'mincpunumber, maxcpunumber, minmemory and maxmemory are for offerings whose size the user chooses: send customized=true or leave them out',
      );
    const missing = Object.entries({ cpunumber: cpuNumber, cpuspeed: cpuSpeedMhz, memory: memoryMib }).find(
      ([, size]) => size === undefined,
    );
    if (missing) throw problem('invalid', `${missing[0]} is missing: an offering of fixed size needs cpunumber, cpuspeed and memory`);
  }
  ordered(minCpuNumber, maxCpuNumber, 'cpunumber');
  ordered(minMemoryMib, maxMemoryMib, 'memory');
  if (customized && hasLimits && (cpuNumber !== undefined || memoryMib !== undefined))
    throw problem('invalid', 'cpunumber and memory are fixed sizes: leave them out where limits are given');
  return {
    cpuNumber: cpuNumber ?? null,
    cpuSpeedMhz: cpuSpeedMhz ?? null,
    memoryMib: memoryMib ?? null,
    minCpuNumber: minCpuNumber ?? null,
    maxCpuNumber: maxCpuNumber ?? null,
    minMemoryMib: minMemoryMib ?? null,
    maxMemoryMib: maxMemoryMib ?? null,
  };
}

function ordered(least: number | undefined, most: number | undefined, what: string): void {
  if (least !== undefined && most !== undefined && least > most)
    throw problem('invalid', `min${what} ${least} is more than max${what} ${most}: exchange the two`);
}
