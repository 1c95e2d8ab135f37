// Zones, offerings and networks that are open to everyone unless they name a domain: then only for that domain and those below it.
import type { Caller } from '../../kernel/command/caller.ts';
import type { AccessRule } from '../../kernel/command/resource.ts';
import { isInDomainTree } from '../../kernel/command/resource.ts';
import type { Where } from '../../kernel/command/source.ts';

export interface MaybePrivate {
  readonly domainId: number | null;
}

/** Everyone whom the row's domain allows may see and use it; only administrators change it. */
export const openUnlessPrivate: AccessRule<MaybePrivate> = async (caller, row, access, read) => {
  if (access === 'operate') return false;
  if (row.domainId === null || seesEverything(caller)) return true;
  const rows = await read.query<{ path: string }[]>('SELECT path FROM domain WHERE id = ?', [row.domainId]);
  const path = rows[0]?.path;
  if (path !== undefined && caller.domainPath.startsWith(path)) return true;
  return access === 'see' && caller.role === 'DomainAdmin' && isInDomainTree(caller, row.domainId, read);
};

/** The same rule for lists. `column` holds the domain of the listed table. */
export function restrictToOpen(where: Where, column: string, caller: Caller): void {
  if (seesEverything(caller)) return;
  const below = caller.role === 'DomainAdmin' ? ' OR d.path LIKE ?' : '';
  where.and(
    `${column} IS NULL OR ${column} IN (SELECT d.id FROM domain d WHERE ? LIKE CONCAT(d.path, '%')${below})`,
    caller.domainPath,
    ...(below ? [`${caller.domainPath}%`] : []),
  );
}

function seesEverything(caller: Caller): boolean {
  return caller.role === 'Admin' || caller.role === 'ResourceAdmin';
}
