// Which owners' objects a list shows: account, domainid, isrecursive, listall, projectid (contract/protocol section 6).
import { administersDomain, mayActInDomain, problem } from '@strata/domain';
import type { Caller } from './caller.ts';
import type { CommandContext } from './command.ts';
import { noSuchEntity, param } from './param.ts';
import { treePattern } from './resource.ts';
import type { Where } from './source.ts';

/** Columns of the listed table, with its alias. */
export interface ScopeColumns {
  /** Absent for nouns that belong to domains only. */
  readonly account?: string;
  readonly domain: string;
}

export const listScopeParams = {
  account: param.string({ about: 'only objects of this account; needs domainid unless it is in the own domain' }),
  domainid: param.uuid({ about: 'only objects of this domain' }),
  isrecursive: param.boolean({ about: 'with domainid: also of the domains below it' }),
  listall: param.boolean({ about: 'all objects the caller may see, not only its own' }),
  projectid: param.uuid({ about: 'only objects of this project; -1 for all projects' }),
};

export interface ListScopeParams {
  readonly account?: string | undefined;
  readonly domainid?: string | undefined;
  readonly isrecursive?: boolean | undefined;
  readonly listall?: boolean | undefined;
  readonly projectid?: string | undefined;
  /** Lists addressed by id look beyond the own account. */
  readonly id?: unknown;
  readonly ids?: unknown;
}

const treeOf = (column: string) => `${column} IN (SELECT id FROM domain WHERE path LIKE ?)`;

/** @throws invalid when the filters contradict each other or name nothing; denied when they name what is not the caller's to list */
export async function restrictToScope(where: Where, columns: ScopeColumns, args: ListScopeParams, ctx: CommandContext): Promise<void> {
  const { caller } = ctx;
  if (args.account !== undefined && args.projectid !== undefined)
    throw problem('invalid', 'account and projectid exclude each other: send one of them');
  if (args.projectid !== undefined && args.projectid !== '-1') throw noSuchEntity('projectid', args.projectid);
  // Without projects, "all projects" holds nothing.
  if (args.projectid === '-1' && args.id === undefined && args.ids === undefined) {
    where.and('FALSE');
    return;
  }
  if (args.account !== undefined) return restrictToAccount(where, columns, args.account, args.domainid, ctx);
  if (args.domainid !== undefined) return restrictToDomain(where, columns, args.domainid, args.isrecursive === true, ctx);
  if (args.listall === true || args.id !== undefined || args.ids !== undefined) {
    if (caller.role === 'Admin') return;
    if (administersDomain(caller)) {
      where.and(treeOf(columns.domain), treePattern(caller.domainPath));
      return;
    }
  }
  restrictToOwn(where, columns, caller);
}

function restrictToOwn(where: Where, columns: ScopeColumns, caller: Caller): void {
  if (columns.account) where.equals(columns.account, caller.accountId);
  else where.equals(columns.domain, caller.domainId);
}

/** Below the rights to look there, what exists and what does not get the same answer. */
async function restrictToAccount(
  where: Where,
  columns: ScopeColumns,
  name: string,
  domainid: string | undefined,
  ctx: CommandContext,
): Promise<void> {
  const domain = await findDomain(domainid, ctx);
  const accounts = domain
    ? await ctx.tx.query<{ id: number }[]>('SELECT id FROM account WHERE domain_id = ? AND name = ?', [domain.id, name])
    : [];
  const account = accounts[0];
  if (account?.id !== ctx.caller.accountId && !mayListDomain(domain, ctx.caller)) {
    throw problem(
      'denied',
      `the objects of account ${name} are not yours to list: leave account and domainid out, or ask an administrator`,
    );
  }
  if (!domain) throw noSuchEntity('domainid', domainid ?? ctx.caller.domainUuid);
  if (!account) throw problem('invalid', `account ${name} does not exist in domain ${domain.name}`);
  if (columns.account) where.equals(columns.account, account.id);
  else where.equals(columns.domain, domain.id);
}

async function restrictToDomain(
  where: Where,
  columns: ScopeColumns,
  domainid: string,
  isRecursive: boolean,
  ctx: CommandContext,
): Promise<void> {
  const domain = await findDomain(domainid, ctx);
  if (!mayListDomain(domain, ctx.caller)) {
    // Users name their own domain and mean what is theirs in it.
    if (domain?.id === ctx.caller.domainId) return restrictToOwn(where, columns, ctx.caller);
    throw problem('denied', `the objects of domain ${domainid} are not yours to list: leave domainid out, or ask an administrator`);
  }
  if (!domain) throw noSuchEntity('domainid', domainid);
  if (isRecursive) where.and(treeOf(columns.domain), treePattern(domain.path));
  else where.equals(columns.domain, domain.id);
}

async function findDomain(uuid: string | undefined, ctx: CommandContext): Promise<{ id: number; name: string; path: string } | undefined> {
  const id = uuid ?? ctx.caller.domainUuid;
  const column = /^\d+$/.test(id) ? 'id' : 'uuid';
  const rows = await ctx.tx.query<{ id: number; name: string; path: string }[]>(`SELECT id, name, path FROM domain WHERE ${column} = ?`, [
    id,
  ]);
  return rows[0];
}

/** @param domain undefined for one that does not exist */
function mayListDomain(domain: { readonly path: string } | undefined, caller: Caller): boolean {
  return caller.role === 'Admin' || (domain !== undefined && mayActInDomain(caller, domain.path));
}
