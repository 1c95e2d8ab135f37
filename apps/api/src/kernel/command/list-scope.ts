// Which owners' objects a list shows: account, domainid, isrecursive, listall, projectid (contract/protocol section 6).
import { problem } from '@strata/domain';
import type { CommandContext } from './command.ts';
import { param } from './param.ts';
import { isInDomainTree } from './resource.ts';
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

export async function restrictToScope(where: Where, columns: ScopeColumns, args: ListScopeParams, ctx: CommandContext): Promise<void> {
  const { caller } = ctx;
  if (args.account !== undefined && args.projectid !== undefined) throw problem('invalid', 'account and projectid exclude each other: send one of them');
  if (args.projectid !== undefined && args.projectid !== '-1') throw problem('invalid', `project ${args.projectid} does not exist`);
  // Without projects, "all projects" holds nothing.
  if (args.projectid === '-1' && !args.id && !args.ids) {
    where.and('FALSE');
    return;
  }
  if (args.account !== undefined || args.domainid !== undefined) {
    const domain = await findDomain(args.domainid, ctx);
    if (args.account !== undefined) {
      const accounts = await ctx.tx.query<{ id: number }[]>('SELECT id FROM account WHERE domain_id = ? AND name = ?', [domain.id, args.account]);
      const account = accounts[0];
      if (!account) throw problem('invalid', `account ${args.account} does not exist in domain ${domain.name}`);
      if (account.id !== caller.accountId && !(await maySeeDomain(domain.id, ctx))) throw problem('denied', `account ${args.account} is not yours to list`);
      if (columns.account) where.equals(columns.account, account.id);
      else where.equals(columns.domain, domain.id);
      return;
    }
    if (!(await maySeeDomain(domain.id, ctx))) throw problem('denied', `domain ${domain.name} is not yours to list`);
    if (args.isrecursive) where.and(treeOf(columns.domain), `${domain.path}%`);
    else where.equals(columns.domain, domain.id);
    return;
  }
  const beyondOwn = args.listall === true || args.id !== undefined || args.ids !== undefined;
  const seesAll = caller.role === 'Admin' || caller.role === 'ResourceAdmin';
  if (beyondOwn && seesAll) return;
  if (beyondOwn && caller.role === 'DomainAdmin') {
    where.and(treeOf(columns.domain), `${caller.domainPath}%`);
    return;
  }
  if (columns.account) where.equals(columns.account, caller.accountId);
  else where.equals(columns.domain, caller.domainId);
}

async function findDomain(uuid: string | undefined, ctx: CommandContext): Promise<{ id: number; name: string; path: string }> {
  const column = uuid !== undefined && /^\d+$/.test(uuid) ? 'id' : 'uuid';
  const rows = await ctx.tx.query<{ id: number; name: string; path: string }[]>(`SELECT id, name, path FROM domain WHERE ${column} = ?`, [
    uuid ?? ctx.caller.domainUuid,
  ]);
  if (!rows[0]) throw problem('invalid', `Invalid parameter domainid value=${uuid} due to incorrect long value format, or entity does not exist`);
  return rows[0];
}

async function maySeeDomain(domainId: number, ctx: CommandContext): Promise<boolean> {
  if (ctx.caller.role === 'Admin' || ctx.caller.role === 'ResourceAdmin') return true;
  return ctx.caller.role === 'DomainAdmin' && isInDomainTree(ctx.caller, domainId, ctx.tx);
}
