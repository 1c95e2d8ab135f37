// Who may act on what: the administrator on everything, domain administrators on their tree, users on their account.
import { domainContains } from './domain-path.ts';
import type { Role } from './roles.ts';

/** What a caller may do depends on these alone. */
export interface CallerRights {
  readonly domainPath: string;
  readonly role: Role;
}

/** Whether the caller's rights reach beyond its account to its domain and those below it. */
export function administersDomain(caller: Pick<CallerRights, 'role'>): boolean {
  return caller.role !== 'User';
}

/** Whether the caller may act on the domain itself and on everything in it. */
export function mayActInDomain(caller: CallerRights, domainPath: string): boolean {
  return administersDomain(caller) && domainContains(caller.domainPath, domainPath);
}
