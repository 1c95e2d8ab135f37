// Zones, offerings and networks that are open to everyone unless they name a domain: then only for that domain and those below it.
import { administersDomain, domainContains, mayActInDomain } from '@strata/domain';
import type { Caller } from '../../kernel/command/caller.ts';
import type { AccessRule } from '../../kernel/command/resource.ts';
import { findDomainPath, treePattern } from '../../kernel/command/resource.ts';
import type { Where } from '../../kernel/command/source.ts';

export interface MaybePrivate {
  readonly domainId: number | null;
}

/** Everyone whom the row's domain allows may see and use it; only administrators change it. */
export const openUnlessPrivate: AccessRule<MaybePrivate> = async (caller, row, access, read) => {
  if (access === 'operate') return false;
  if (row.domainId === null || caller.role === 'Admin') return true;
  const path = await findDomainPath(row.domainId, read);
  if (path === undefined) return false;
  return domainContains(path, caller.domainPath) || (access === 'see' && mayActInDomain(caller, path));
};

/** The same rule for lists. `column` holds the domain of the listed table. */
export function restrictToOpen(where: Where, column: string, caller: Caller): void {
  if (caller.role === 'Admin') return;
  const below = administersDomain(caller) ? ' OR d.path LIKE ?' : '';
  where.and(
    `${column} IS NULL OR ${column} IN (SELECT d.id FROM domain d WHERE LEFT(?, CHAR_LENGTH(d.path)) = d.path${below})`,
    caller.domainPath,
    ...(below ? [treePattern(caller.domainPath)] : []),
  );
}
