// Which owners' objects a list shows.
import { problem } from '../errors.ts';
import { type Caller, mayAct, mayActInDomain, type Owner } from './access.ts';

export type ListScope =
  | { readonly kind: 'all' }
  /** This domain and those below. */
  | { readonly kind: 'domainTree'; readonly path: string }
  | { readonly kind: 'domain'; readonly domainId: number }
  | { readonly kind: 'account'; readonly accountId: number }
  | { readonly kind: 'nothing' };

export interface ListScopeInput {
  /** `account` with `domainid`, or in the caller's domain, already looked up. */
  readonly account?: Owner | undefined;
  /** `domainid`, already looked up. */
  readonly domain?: { readonly domainId: number; readonly path: string } | undefined;
  readonly isRecursive?: boolean | undefined;
  readonly listAll?: boolean | undefined;
  /** The list asks for certain ids: then all that the caller may see is searched. */
  readonly hasId?: boolean | undefined;
  readonly projectId?: string | undefined;
}

/** Throws `invalid` for contradicting filters and `denied` for owners out of the caller's reach. */
export function listScope(caller: Caller, input: ListScopeInput): ListScope {
  if (input.projectId !== undefined) {
    if (input.account) throw problem('invalid', 'account and projectid exclude each other: give one of them');
    if (input.projectId === '-1') return { kind: 'nothing' };
    throw problem(
      'invalid',
      `Invalid parameter projectid value=${input.projectId} due to incorrect long value format, or entity does not exist`,
    );
  }
  if (input.account) {
    if (!mayAct(caller, input.account)) throw problem('denied', 'you may not list what this account owns');
    return { kind: 'account', accountId: input.account.accountId };
  }
  if (input.domain) return domainScope(caller, input.domain, input.isRecursive === true);
  return input.listAll || input.hasId ? everythingOf(caller) : { kind: 'account', accountId: caller.accountId };
}

function domainScope(caller: Caller, domain: { readonly domainId: number; readonly path: string }, isRecursive: boolean): ListScope {
  if (mayActInDomain(caller, domain.path))
    return isRecursive ? { kind: 'domainTree', path: domain.path } : { kind: 'domain', domainId: domain.domainId };
  if (domain.domainId === caller.domainId) return { kind: 'account', accountId: caller.accountId };
  throw problem('denied', 'you may not list what this domain owns');
}

function everythingOf(caller: Caller): ListScope {
  switch (caller.role) {
    case 'Admin':
      return { kind: 'all' };
    case 'DomainAdmin':
    case 'ResourceAdmin':
      return { kind: 'domainTree', path: caller.domainPath };
    case 'User':
      return { kind: 'account', accountId: caller.accountId };
  }
}
