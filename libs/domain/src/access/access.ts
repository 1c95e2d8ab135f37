// Who may act on what: the administrator on everything, domain administrators on their tree, users on their account.
import { problem } from '../errors.ts';
import { domainContains } from './domain-path.ts';
import { roleIncludes, type RoleType } from './roles.ts';

export interface Caller {
  readonly accountId: number;
  readonly domainId: number;
  readonly domainPath: string;
  readonly role: RoleType;
}

/** The account that something belongs to. */
export interface Owner {
  readonly accountId: number;
  readonly domainPath: string;
}

/** Whether the caller may see and act on what `owner` owns. What it may not act on does not exist for it. */
export function mayAct(caller: Caller, owner: Owner): boolean {
  return caller.accountId === owner.accountId || mayActInDomain(caller, owner.domainPath);
}

/** Whether the caller may act on the domain itself and on everything in it. */
export function mayActInDomain(caller: Caller, domainPath: string): boolean {
  switch (caller.role) {
    case 'Admin':
      return true;
    case 'DomainAdmin':
    case 'ResourceAdmin':
      return domainContains(caller.domainPath, domainPath);
    case 'User':
      return false;
  }
}

/**
 * Shared things (zones, offerings): `domainPath` null is for everybody, otherwise for that domain and those below it; who
 * administers the domain sees them as well.
 */
export function maySeeShared(caller: Caller, domainPath: string | null): boolean {
  return domainPath === null || domainContains(domainPath, caller.domainPath) || mayActInDomain(caller, domainPath);
}

/** Everybody sees the own domain, administrators what lies below. */
export function maySeeDomain(caller: Caller, domainPath: string): boolean {
  return caller.domainPath === domainPath || mayActInDomain(caller, domainPath);
}

/** A06: nobody edits, resets or reads keys of someone with more rights, nor makes one. */
export function holdsAllRightsOf(caller: Caller, target: Owner & { readonly role: RoleType }): boolean {
  return mayAct(caller, target) && roleIncludes(caller.role, target.role);
}

/** Throws `denied`; `what` ends the sentence: `change the password of jane`. */
export function assertHoldsAllRightsOf(caller: Caller, target: Owner & { readonly role: RoleType }, what: string): void {
  if (!holdsAllRightsOf(caller, target)) throw problem('denied', `only someone with at least the same rights may ${what}`);
}
