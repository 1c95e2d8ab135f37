// Rules of accounts and users that need the database.
import { holdsRightsOf, listed, problem } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import type { Role } from '../../kernel/command/caller.ts';
import type { CommandContext } from '../../kernel/command/command.ts';
import { noSuchEntity } from '../../kernel/command/param.ts';
import { roles } from '../role/roles.ts';
import type { Account } from './account.entity.ts';
import { rootDomainId } from './domain.entity.ts';
import { findNamedAccount } from './owner.ts';

/**
 * The role that accounttype or roleid ask for.
 * @throws invalid for a role that does not exist or does not fit the domain; denied when the caller may not give it
 */
export function roleToGive(
  args: { accounttype?: number | undefined; roleid?: string | undefined },
  domainId: number,
  ctx: CommandContext,
): Role {
  const definition =
    args.roleid !== undefined
      ? roles.find((role) => role.uuid === args.roleid)
      : roles.find((role) => role.accountType === (args.accounttype ?? 0));
  if (!definition) {
    if (args.roleid !== undefined) throw noSuchEntity('roleid', args.roleid);
    throw problem(
      'invalid',
      `parameter accounttype is ${args.accounttype}: 0 (user), 1 (root admin), 2 (domain admin) or 3 (resource admin) is possible`,
    );
  }
  if (!holdsRightsOf(ctx.caller, definition.role))
    throw problem('denied', `the role ${definition.name} allows more than your own: ask an administrator who has it`);
  if (definition.role === 'Admin' && domainId !== rootDomainId) {
    throw problem(
      'invalid',
      'root admins live in the domain ROOT: choose accounttype 2 (domain admin) for an administrator of this domain',
    );
  }
  return definition.role;
}

/** The account that `id`, or `account` and `domainid`, name. @throws invalid when neither does */
export async function chooseAccount(
  args: { id?: Account | undefined; account?: string | undefined; domainid?: string | undefined },
  ctx: CommandContext,
): Promise<Account> {
  if (args.id) return args.id;
  if (args.account === undefined) throw problem('invalid', 'no account is named: send id, or account and domainid');
  return (await findNamedAccount(args.account, args.domainid, ctx, 'operate')).account;
}

/**
 * Refuses to take the last way into the cloud. Locks the administrators' rows, so that two requests can't each leave the other.
 * @param without what is about to be disabled or deleted
 * @throws conflict when no enabled root admin would be left
 */
export async function assertRootAdminRemains(
  tx: EntityManager,
  without: { accountIds?: readonly number[]; userId?: number },
): Promise<void> {
  const rows = await tx.query<{ userId: number; accountId: number }[]>(
    `SELECT u.id AS userId, a.id AS accountId FROM account a JOIN user u ON u.account_id = a.id
     WHERE a.role = 'Admin' AND a.state = 'enabled' AND u.state = 'enabled' FOR UPDATE`,
  );
  const left = rows.filter((row) => row.userId !== without.userId && !without.accountIds?.includes(row.accountId));
  if (rows.length > 0 && left.length === 0)
    throw problem('conflict', 'this is the last enabled root admin: without one nobody could administer the cloud');
}

/** @throws inUse that names what accounts, and domains themselves, still hold */
export async function assertNothingOwned(
  ctx: CommandContext,
  { accountIds, domainIds = [] }: { readonly accountIds: readonly number[]; readonly domainIds?: readonly number[] },
  owner: string,
): Promise<void> {
  const { areas } = ctx.registry;
  const found: string[] = [];
  let all = 0;
  for (const [ids, contents] of [
    [accountIds, areas.flatMap((area) => area.accountContents)],
    [domainIds, areas.flatMap((area) => area.domainContents)],
  ] as const) {
    if (ids.length === 0) continue;
    for (const { noun, count } of contents) {
      const total = await count(ctx.tx, ids);
      if (total === 0) continue;
      all += total;
      found.push(`${total} ${noun}${total === 1 ? '' : 's'}`);
    }
  }
  if (found.length > 0) throw problem('inUse', `${owner} still holds ${listed(found)}: delete ${all === 1 ? 'it' : 'them'} first`);
}

/** @throws conflict */
export function assertNotOwnAccount(account: Account, ctx: CommandContext, verb: string): void {
  if (account.id === ctx.caller.accountId)
    throw problem('conflict', `an administrator does not ${verb} the own account: let another one do it`);
}

/** @throws denied */
export function assertNotDefault(row: { readonly isDefault: boolean }, what: string): void {
  if (row.isDefault) throw problem('denied', `${what} came with the installation and stays`);
}

/** @throws conflict */
export function assertNotOwnUser(user: { readonly id: number }, ctx: CommandContext, verb: string): void {
  if (user.id === ctx.caller.userId) throw problem('conflict', `an administrator does not ${verb} the own user: let another one do it`);
}
