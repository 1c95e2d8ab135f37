// resource(): what an entity is called and who may see and use its rows. Every id parameter is checked against it.
import { administersDomain, mayActInDomain } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import type { Caller } from './caller.ts';
import { likeLiteral } from './source.ts';

/** `see`: read it. `use`: name it in something of one's own. `operate`: change it. */
export type Access = 'see' | 'use' | 'operate';

/** A table row that the API knows by uuid. */
export interface ResourceRow {
  id: number;
  uuid: string;
}

export type EntityClass<Row extends ResourceRow = ResourceRow> = new () => Row;

/** Decides whether a caller below root may do this; root always may. What it refuses to `see` does not exist for the caller. */
export type AccessRule<Row> = (caller: Caller, row: Row, access: Access, read: EntityManager) => boolean | Promise<boolean>;

export interface Resource<Row extends ResourceRow = ResourceRow> {
  readonly entity: EntityClass<Row>;
  /** As people call it: `service offering`. */
  readonly noun: string;
  /** As API answers call it: `ServiceOffering`. */
  readonly type: string;
  readonly may: AccessRule<Row>;
}

export function resource<Row extends ResourceRow>(entity: EntityClass<Row>, declaration: Omit<Resource<Row>, 'entity'>): Resource<Row> {
  return { entity, ...declaration };
}

/** Rows of the infrastructure: administrators only. */
export const administratorsOnly: AccessRule<unknown> = () => false;

/** Rows that everyone may see and use and only administrators change: zones, offerings. */
export const sharedByAll: AccessRule<unknown> = (_caller, _row, access) => access !== 'operate';

/** Rows owned by an account: the account itself, and administrators of its domain or one above. */
export const ownedByAccount: AccessRule<{ accountId: number; domainId: number }> = (caller, row, _access, read) =>
  row.accountId === caller.accountId || actsInDomain(caller, row.domainId, read);

/** mayActInDomain() for a domain of which only the id is known. */
export async function actsInDomain(caller: Caller, domainId: number, read: EntityManager): Promise<boolean> {
  if (!administersDomain(caller)) return false;
  const path = domainId === caller.domainId ? caller.domainPath : await findDomainPath(domainId, read);
  return path !== undefined && mayActInDomain(caller, path);
}

export async function findDomainPath(domainId: number, read: EntityManager): Promise<string | undefined> {
  const rows = await read.query<{ path: string }[]>('SELECT path FROM domain WHERE id = ?', [domainId]);
  return rows[0]?.path;
}

/** Value for `path LIKE ?` that matches the domain and those below it; names may hold the wildcards of LIKE. */
export function treePattern(path: string): string {
  return `${likeLiteral(path)}%`;
}
