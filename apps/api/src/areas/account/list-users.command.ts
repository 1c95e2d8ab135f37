// listUsers
import { everyRole } from '../../kernel/command/caller.ts';
import { listCommand } from '../../kernel/command/list-command.ts';
import { param } from '../../kernel/command/param.ts';
import { roles } from '../role/roles.ts';
import { User } from './user.entity.ts';
import { userSource, userView } from './user.view.ts';

export const listUsers = listCommand({
  name: 'listUsers',
  about: 'Lists users.',
  roles: everyRole,
  since: '1.0',
  params: {
    id: param.ref(User, { access: 'see', about: 'only the user with this id' }),
    username: param.string({ about: 'only users of this name' }),
    accounttype: param.integer({ about: 'only users of accounts of this type' }),
    state: param.enum(['enabled', 'disabled', 'locked'], { about: 'only users in this state' }),
    usersource: param.string({ about: 'only users kept there: native' }),
  },
  source: userSource,
  returns: userView,
  keyword: ['u.username', 'u.firstname', 'u.lastname', 'u.email'],
  ownedBy: { account: 'u.account_id', domain: 'u.domain_id' },
  where({ id, username, accounttype, state, usersource }, where) {
    where.equals('u.id', id?.id).equals('u.username', username).equals('u.state', state);
    if (usersource !== undefined && usersource.toLowerCase() !== 'native') where.and('FALSE');
    if (accounttype === undefined) return;
    const wanted = roles.filter((role) => role.accountType === accounttype).map(({ role }) => role);
    where.join('JOIN account holder ON holder.id = u.account_id').in('holder.role', wanted);
  },
});
