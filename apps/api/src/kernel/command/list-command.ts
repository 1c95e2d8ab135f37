// listCommand(): paging, keyword, ownership filters and the count, once for every list.
import { problem } from '@strata/domain';
import { type ListScopeParams, listScopeParams, restrictToScope, type ScopeColumns } from './list-scope.ts';
import { type Command, type CommandContext, envelopeOf } from './command.ts';
import { type ArgsOf, param, type Params } from './param.ts';
import type { Role } from './caller.ts';
import { countRows, selectRows, type Source, Where } from './source.ts';
import type { View } from './view.ts';

/** Largest page, and what a call without paging parameters gets (contract/protocol section 6). */
const maxPageSize = 500;

export const pagingParams = {
  page: param.integer({ about: 'the page to answer, from 1; needs pagesize' }),
  pagesize: param.integer({ about: `how many objects a page holds, at most ${maxPageSize}` }),
  keyword: param.string({ about: 'only objects whose name contains this text' }),
};

const tagParams = { tags: param.rows({ about: 'only objects with this tag, as key and value: nothing carries tags' }) };

export interface ListResult<Row> {
  readonly rows: readonly Row[];
  /** All matches, not the page. */
  readonly count: number;
}

interface ListDeclaration<P extends Params, Row> {
  readonly name: string;
  readonly about: string;
  readonly roles: readonly Role[] | 'anyone';
  readonly since: string;
  readonly envelope?: string;
  readonly item?: string;
  readonly params: P;
  readonly source: Source<Row>;
  readonly returns: View<Row>;
  /** Columns that the keyword is looked for in. */
  readonly keyword?: readonly string[];
  /** Lists of owned objects: which columns hold the owner. Adds account, domainid, isrecursive, listall and projectid. */
  readonly ownedBy?: ScopeColumns;
  /** Lists of nouns whose tags clients look for. A filter that was ignored would answer what the client did not mean, perhaps to delete it. */
  readonly tagged?: boolean;
  /** Adds the conditions of this list's own parameters. */
  where?(args: ArgsOf<P>, where: Where, ctx: CommandContext): void | Promise<void>;
  /** Last touches on a page of rows, for example figures kept in memory. */
  finish?(rows: Row[], args: ArgsOf<P>, ctx: CommandContext): void | Promise<void>;
}

export type PagingArgs = ArgsOf<typeof pagingParams>;

export function listCommand<const P extends Params, Row>(declaration: ListDeclaration<P, Row>): Command {
  const { source, ownedBy, keyword = [] } = declaration;
  return {
    name: declaration.name,
    about: declaration.about,
    roles: declaration.roles,
    since: declaration.since,
    async: false,
    creates: false,
    readOnly: true,
    envelope: declaration.envelope ?? envelopeOf(declaration.name),
    ...(declaration.item !== undefined && { item: declaration.item }),
    params: { ...pagingParams, ...(ownedBy && listScopeParams), ...(declaration.tagged && tagParams), ...declaration.params },
    returns: { kind: 'page', view: declaration.returns as View<never> },
    async execute(rawArgs: never, ctx: CommandContext): Promise<ListResult<Row>> {
      const args = rawArgs as ArgsOf<P> & PagingArgs & ListScopeParams & ArgsOf<typeof tagParams>;
      const page = pageOf(args);
      const where = new Where().contains(keyword, args.keyword);
      if (ownedBy) await restrictToScope(where, ownedBy, args, ctx);
      if (args.tags !== undefined) where.and('FALSE');
      await declaration.where?.(args, where, ctx);
      const rows = await selectRows(source, ctx.tx, where, page);
      // A first page that is not full is the whole list: no second query.
      const complete = rows.length < page.limit && (page.offset === 0 || rows.length > 0);
      const count = complete ? page.offset + rows.length : await countRows(source, ctx.tx, where);
      await declaration.finish?.(rows, args, ctx);
      return { rows, count };
    },
  };
}

/** @throws invalid when one of page and pagesize is missing or out of bounds */
export function pageOf({ page, pagesize }: PagingArgs): { limit: number; offset: number } {
  if (pagesize === -1 && page === undefined) return { limit: 1_000_000, offset: 0 };
  if (page === undefined && pagesize === undefined) return { limit: maxPageSize, offset: 0 };
  if (page === undefined || pagesize === undefined) throw problem('invalid', 'page and pagesize go together: send both or neither');
  if (pagesize < 1 || pagesize > maxPageSize)
    throw problem('invalid', `parameter pagesize is ${pagesize}: 1 to ${maxPageSize} is possible`);
  if (page < 0 || page > 1_000_000) throw problem('invalid', `parameter page is ${page}: pages count from 1`);
  // The CloudStack 3 dashboard sends page=0 and means the first.
  return { limit: pagesize, offset: Math.max(0, page - 1) * pagesize };
}
