// createUser
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { rowById } from '../../kernel/command/source.ts';
import { insertUser, newUserParams } from './new-user.ts';
import { findNamedAccount } from './owner.ts';
import { userSource, userView } from './user.view.ts';

export const createUser = command({
  name: 'createUser',
  about: 'Adds a user to an account.',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin'],
  since: '1.0',
  event: 'USER.CREATE',
  params: {
    ...newUserParams,
    account: param.string({ required: true, about: 'the name of the account' }),
    domainid: param.uuid({ about: 'the domain of the account; the own one when absent' }),
  },
  returns: userView,
  async execute(args, ctx) {
    const { account } = await findNamedAccount(args.account, args.domainid, ctx, 'operate');
    return rowById(userSource, ctx.tx, await insertUser(args, account, ctx));
  },
});
