// resource(): what an entity is called and who may see and use its rows. Every id parameter is checked against it.
import type { EntityManager } from 'typeorm';
import type { Caller } from './caller.ts';

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
export const ownedByAccount: AccessRule<{ accountId: number; domainId: number }> = async (caller, row, _access, read) => {
  if (row.accountId === caller.accountId) return true;
  return actsOnDomainTree(caller) && isInDomainTree(caller, row.domainId, read);
};

/** Whether the caller's rights reach beyond its account to its domain and those below it. */
export function actsOnDomainTree(caller: Pick<Caller, 'role'>): boolean {
  return caller.role !== 'User';
}

/** Whether a domain lies in the caller's domain or below it. */
export async function isInDomainTree(caller: Caller, domainId: number, read: EntityManager): Promise<boolean> {
  if (domainId === caller.domainId) return true;
  const rows = await read.query<{ path: string }[]>('SELECT path FROM domain WHERE id = ?', [domainId]);
  return rows[0]?.path.startsWith(caller.domainPath) ?? false;
}

/** Value for `path LIKE ?` that matches the domain and those below it; names may hold the wildcards of LIKE. */
export function treePattern(path: string): string {
  return `${path.replace(/[\\%_]/g, '\\$&')}%`;
}
