// Service offerings: what may be offered, and what a machine deployed from one gets.
import { problem } from '../errors.ts';

/** Bounds of any machine, whatever the offering says. */
export const computeLimits = {
  cpuCores: { min: 1, max: 512 },
  cpuMhz: { min: 1, max: 100_000 },
  memoryMib: { min: 32, max: 16 * 1024 * 1024 },
} as const;

export interface Compute {
  readonly cpuCores: number;
  /** Per core. */
  readonly cpuMhz: number;
  readonly memoryMib: number;
}

/** Null where each machine says it by itself (custom offerings). */
export interface ComputeOffering {
  readonly name: string;
  readonly cpuCores: number | null;
  readonly cpuMhz: number | null;
  readonly memoryMib: number | null;
  /** Bounds of custom values; absent: only the bounds of any machine. */
  readonly minCpuCores?: number | null;
  readonly maxCpuCores?: number | null;
  readonly minMemoryMib?: number | null;
  readonly maxMemoryMib?: number | null;
}

interface Field {
  readonly key: keyof Compute;
  /** As `details[0].…` of deployVirtualMachine spells it. */
  readonly detail: string;
  readonly unit: string;
}

const fields: readonly Field[] = [
  { key: 'cpuCores', detail: 'cpuNumber', unit: 'cores' },
  { key: 'cpuMhz', detail: 'cpuSpeed', unit: 'MHz' },
  { key: 'memoryMib', detail: 'memory', unit: 'MiB' },
];

/** What a machine gets; `details` are those of the request, other keys in it are not looked at. Throws `invalid`. */
export function computeOf(offering: ComputeOffering, details: Readonly<Record<string, string>> = {}): Compute {
  const [cpuCores = 0, cpuMhz = 0, memoryMib = 0] = fields.map((field) => valueOf(field, offering, details[field.detail]));
  return { cpuCores, cpuMhz, memoryMib };
}

function valueOf(field: Field, offering: ComputeOffering, given: string | undefined): number {
  const fixed = offering[field.key];
  const parameter = `details[0].${field.detail}`;
  if (fixed !== null) {
    if (given !== undefined && given !== String(fixed))
      throw problem(
        'invalid',
        `${parameter} is not for the offering ${offering.name}, which has ${fixed} ${field.unit}: leave it out or choose a custom offering`,
      );
    return fixed;
  }
  if (given === undefined) throw problem('invalid', `${parameter} is missing: the offering ${offering.name} leaves it to each machine`);
  if (!/^[0-9]{1,9}$/.test(given)) throw problem('invalid', `${parameter} "${given}" is not a whole number of ${field.unit}`);
  const value = Number(given);
  assertWithin(parameter, value, boundsOf(field, offering), field.unit);
  return value;
}

function boundsOf(field: Field, offering: ComputeOffering): { min: number; max: number } {
  const { min, max } = computeLimits[field.key];
  if (field.key === 'cpuCores') return { min: offering.minCpuCores ?? min, max: offering.maxCpuCores ?? max };
  if (field.key === 'memoryMib') return { min: offering.minMemoryMib ?? min, max: offering.maxMemoryMib ?? max };
  return { min, max };
}

function assertWithin(parameter: string, value: number, bounds: { readonly min: number; readonly max: number }, unit: string): void {
  if (Number.isInteger(value) && value >= bounds.min && value <= bounds.max) return;
  throw problem('invalid', `${parameter} is ${value}: it must be a whole number from ${bounds.min} to ${bounds.max} (${unit})`);
}
