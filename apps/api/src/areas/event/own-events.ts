// Events that a caller may put away: those of its account, for administrators those of its domain and below.
import { administersDomain } from '@strata/domain';
import type { Caller } from '../../kernel/command/caller.ts';
import { treePattern } from '../../kernel/command/resource.ts';
import type { Where } from '../../kernel/command/source.ts';

export function onlyOwnEvents(where: Where, caller: Caller): Where {
  if (caller.role === 'Admin') return where;
  if (!administersDomain(caller)) return where.equals('account_id', caller.accountId);
  return where.and('domain_id IN (SELECT id FROM domain WHERE path LIKE ?)', treePattern(caller.domainPath));
}
