// computedList(): a list whose rows come from a computation instead of one table, with the paging of every list.
import type { Role } from './caller.ts';
import { type Command, type CommandContext, envelopeOf } from './command.ts';
import { type ListResult, pageOf, type PagingArgs, pagingParams } from './list-command.ts';
import type { ArgsOf, Params } from './param.ts';
import type { View } from './view.ts';

interface ComputedListDeclaration<P extends Params, Row> {
  readonly name: string;
  readonly about: string;
  readonly roles: readonly Role[] | 'anyone';
  readonly since: string;
  readonly item?: string;
  readonly params: P;
  readonly returns: View<Row>;
  /** What the keyword is looked for in. */
  keyword?(row: Row): string;
  /** All rows, in order; the page is cut from them. */
  rows(args: ArgsOf<P>, ctx: CommandContext): Promise<readonly Row[]>;
}

export function computedList<const P extends Params, Row>(declaration: ComputedListDeclaration<P, Row>): Command {
  return {
    name: declaration.name,
    about: declaration.about,
    roles: declaration.roles,
    since: declaration.since,
    async: false,
    creates: false,
    readOnly: true,
    envelope: envelopeOf(declaration.name),
    ...(declaration.item !== undefined && { item: declaration.item }),
    params: { ...pagingParams, ...declaration.params },
    returns: { kind: 'page', view: declaration.returns as View<never> },
    async execute(rawArgs: never, ctx: CommandContext): Promise<ListResult<Row>> {
      const args = rawArgs as ArgsOf<P> & PagingArgs;
      const { limit, offset } = pageOf(args);
      const word = args.keyword?.toLowerCase();
      const all = await declaration.rows(args, ctx);
      const rows = word && declaration.keyword ? all.filter((row) => declaration.keyword!(row).toLowerCase().includes(word)) : all;
      return { rows: rows.slice(offset, offset + limit), count: rows.length };
    },
  };
}
