// lockAccount
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { rowById } from '../../kernel/command/source.ts';
import { assertNotOwnAccount, assertRootAdminRemains, chooseAccount } from './account-rules.ts';
import { setAccountState } from './account-state.saga.ts';
import { accountSource, accountView } from './account.view.ts';

export const lockAccount = command({
  name: 'lockAccount',
  about: 'Locks an account: its users can neither log in nor sign requests, what it has goes on running.',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin'],
  since: '1.0',
  event: 'ACCOUNT.LOCK',
  params: {
    account: param.string({ required: true, about: 'the name of the account' }),
    domainid: param.uuid({ required: true, about: 'the domain of the account' }),
  },
  returns: accountView,
  async execute(args, ctx) {
    const account = await chooseAccount(args, ctx);
    assertNotOwnAccount(account, ctx, 'lock');
    if (account.role === 'Admin') await assertRootAdminRemains(ctx.tx, { accountIds: [account.id] });
    if (account.state !== 'locked') await setAccountState(ctx.tx, account, 'lockRequested');
    return rowById(accountSource, ctx.tx, account.id);
  },
});
