// What is common to the parameters of service, disk and network offerings.
import { problem } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import { noSuchEntity } from '../../kernel/command/param.ts';

const gib = 1024 ** 3;

/** @throws invalid outside the bounds, which are included */
export function within(value: number | undefined, parameter: string, lowest: number, highest: number): number | undefined {
  if (value === undefined || (value >= lowest && value <= highest)) return value;
  throw problem('invalid', `parameter ${parameter} is ${value}: ${lowest} to ${highest} is possible`);
}

/** The one element of a list that may hold several on the wire. @throws invalid when there are more */
export function onlyOne<T>(values: readonly T[] | undefined, parameter: string): T | undefined {
  if (values && values.length > 1)
    throw problem('invalid', `${parameter} names ${values.length} objects; an offering can be for one or for all: send one or none`);
  return values?.[0];
}

/** `public` or a uuid list, as updates send domains and zones: null is everyone. @throws invalid */
export async function ownerChange(
  tx: EntityManager,
  table: 'domain' | 'zone',
  text: string | undefined,
): Promise<number | null | undefined> {
  const word = text?.trim().toLowerCase();
  if (word === undefined || word === '') return undefined;
  if (word === 'public' || word === 'all') return null;
  const uuid = onlyOne(
    word
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
    `${table}id`,
  );
  const rows = await tx.query<{ id: number }[]>(`SELECT id FROM ${table} WHERE uuid = ?`, [uuid]);
  if (!rows[0]) throw noSuchEntity(`${table}id`, uuid ?? '');
  return rows[0].id;
}

/** What a disk whose size is asked for can have. */
export const customDiskGib = { min: 1, max: 65_536 } as const;

/** Sizes are whole GiB on the wire. @throws invalid */
export function gibToBytes(sizeGib: number | undefined, parameter: string): number | undefined {
  const size = within(sizeGib, parameter, customDiskGib.min, customDiskGib.max);
  return size === undefined ? undefined : size * gib;
}
