// Who may see, use and change templates, for one template and for lists.
import { administersDomain, problem } from '@strata/domain';
import type { Caller } from '../../kernel/command/caller.ts';
import type { CommandContext } from '../../kernel/command/command.ts';
import { type ListScopeParams, restrictToScope } from '../../kernel/command/list-scope.ts';
import { type AccessRule, ownedByAccount, treePattern } from '../../kernel/command/resource.ts';
import type { Where } from '../../kernel/command/source.ts';
import { type Template, TemplatePermission } from './template.entity.ts';

/** Everyone sees and uses public ones, and those the owner granted; only the owner and its administrators change one. */
export const templateRule: AccessRule<Template> = async (caller, row, access, read) => {
  if (await ownedByAccount(caller, row, access, read)) return true;
  if (access === 'operate') return false;
  return row.isPublic || read.existsBy(TemplatePermission, { templateId: row.id, accountId: caller.accountId });
};

/** The same rule for lists, as far as seeing goes. */
function restrictToVisible(where: Where, caller: Caller): void {
  if (caller.role === 'Admin') return;
  const tree = administersDomain(caller) ? ' OR t.domain_id IN (SELECT id FROM domain WHERE path LIKE ?)' : '';
  where.and(
    `t.is_public OR t.account_id = ? OR ${granted}${tree}`,
    caller.accountId,
    caller.accountId,
    ...(tree ? [treePattern(caller.domainPath)] : []),
  );
}

const granted = 't.id IN (SELECT template_id FROM template_permission WHERE account_id = ?)';

export const templateFilters = [
  'featured',
  'self',
  'selfexecutable',
  'shared',
  'sharedexecutable',
  'executable',
  'community',
  'all',
] as const;
export type TemplateFilter = (typeof templateFilters)[number];

const ready = "c.state = 'Ready'";

/**
 * Adds what the filter means (contract/protocol section 6). Conditions name the template `t` and its copy `c`.
 * @throws denied when a user asks for all
 */
export async function restrictToFilter(where: Where, filter: TemplateFilter, args: ListScopeParams, ctx: CommandContext): Promise<void> {
  const columns = { account: 't.account_id', domain: 't.domain_id' };
  if (filter.endsWith('executable')) where.and(ready);
  switch (filter) {
    case 'featured':
      where.and('t.is_public AND t.is_featured');
      return;
    case 'community':
      where.and('t.is_public AND NOT t.is_featured');
      return;
    case 'self':
    case 'selfexecutable':
      return restrictToScope(where, columns, args, ctx);
    case 'shared':
    case 'sharedexecutable':
      where.and(`t.account_id <> ? AND ${granted}`, ctx.caller.accountId, ctx.caller.accountId);
      return;
    case 'executable':
      restrictToVisible(where, ctx.caller);
      return;
    case 'all':
      if (!administersDomain(ctx.caller))
        throw problem('denied', 'templatefilter=all is for administrators: use executable, self, featured, community or shared');
      restrictToVisible(where, ctx.caller);
      if (args.account !== undefined || args.domainid !== undefined) await restrictToScope(where, columns, args, ctx);
      return;
  }
}
