// listAccounts
import { listCommand } from '../../kernel/command/list-command.ts';
import { everyRole } from '../../kernel/command/caller.ts';
import { param } from '../../kernel/command/param.ts';
import { roles } from '../role/roles.ts';
import { Account } from './account.entity.ts';
import { accountSource, accountView } from './account.view.ts';

export const listAccounts = listCommand({
  name: 'listAccounts',
  about: 'Lists accounts and their users.',
  roles: everyRole,
  since: '1.0',
  params: {
    id: param.ref(Account, { access: 'see', about: 'only the account with this id' }),
    name: param.string({ about: 'only accounts of this name' }),
    accounttype: param.integer({ about: 'only accounts of this type: 0 user, 1 root admin, 2 domain admin, 3 resource admin' }),
    state: param.enum(['enabled', 'disabled', 'locked'], { about: 'only accounts in this state' }),
  },
  source: accountSource,
  returns: accountView,
  keyword: ['a.name'],
  ownedBy: { account: 'a.id', domain: 'a.domain_id' },
  where({ id, name, accounttype, state }, where) {
    where.equals('a.id', id?.id).equals('a.name', name).equals('a.state', state);
    if (accounttype !== undefined)
      where.in(
        'a.role',
        roles.filter((role) => role.accountType === accounttype).map(({ role }) => role),
      );
  },
});
