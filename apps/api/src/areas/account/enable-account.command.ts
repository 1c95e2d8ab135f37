// enableAccount
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { rowById } from '../../kernel/command/source.ts';
import { Account } from './account.entity.ts';
import { chooseAccount } from './account-rules.ts';
import { setAccountState } from './account-state.saga.ts';
import { accountSource, accountView } from './account.view.ts';

export const enableAccount = command({
  name: 'enableAccount',
  about: 'Enables an account that was disabled or locked.',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin'],
  since: '1.0',
  event: 'ACCOUNT.ENABLE',
  params: {
    id: param.ref(Account, { access: 'operate', about: 'the account; or name it by account and domainid' }),
    account: param.string({ about: 'the name of the account' }),
    domainid: param.uuid({ about: 'the domain of the account' }),
  },
  returns: accountView,
  async execute(args, ctx) {
    const account = await chooseAccount(args, ctx);
    if (account.state !== 'enabled') await setAccountState(ctx.tx, account, 'enableRequested');
    return rowById(accountSource, ctx.tx, account.id);
  },
});
