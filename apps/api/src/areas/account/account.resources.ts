// Who may see, use and change domains, accounts and users.
import { administersDomain, holdsRightsOf, mayActInDomain } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import type { Caller } from '../../kernel/command/caller.ts';
import { type AccessRule, actsInDomain, resource } from '../../kernel/command/resource.ts';
import { Account } from './account.entity.ts';
import { Domain } from './domain.entity.ts';
import { User } from './user.entity.ts';

/** Everyone the own domain; administrators those below it too, and only those can they change. */
const domainRule: AccessRule<Domain> = (caller, row, access) => {
  if (row.id === caller.domainId) return access === 'see' || (access === 'use' && administersDomain(caller));
  return mayActInDomain(caller, row.path);
};

/** Administrators act on accounts in their tree, but not on those that have more rights than they. */
const accountRule: AccessRule<Account> = async (caller, row, access, read) => {
  if (row.id === caller.accountId) return true;
  if (!(await actsInDomain(caller, row.domainId, read))) return false;
  return access === 'see' || holdsRightsOf(caller, row.role);
};

/** The same for their users; a user changes itself, and its account's other users only as an administrator. */
const userRule: AccessRule<User> = async (caller, row, access, read) => {
  if (row.id === caller.userId) return true;
  if (row.accountId === caller.accountId) return access === 'see' || administersDomain(caller);
  const account = await read.findOneBy(Account, { id: row.accountId });
  return account !== null && accountRule(caller, account, access, read);
};

export const domainResource = resource(Domain, { noun: 'domain', type: 'Domain', may: domainRule });
export const accountResource = resource(Account, { noun: 'account', type: 'Account', may: accountRule });
export const userResource = resource(User, { noun: 'user', type: 'User', may: userRule });

/** For accounts that are named by name and domain instead of by id. */
export async function mayAccount(caller: Caller, row: Account, access: 'see' | 'use' | 'operate', read: EntityManager): Promise<boolean> {
  return caller.role === 'Admin' || accountRule(caller, row, access, read);
}
