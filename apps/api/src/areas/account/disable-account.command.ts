// disableAccount
import { accountLifecycle } from '@strata/domain';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { Account } from './account.entity.ts';
import { assertNotOwnAccount, assertRootAdminRemains, chooseAccount } from './account-rules.ts';
import { disableAccountSaga } from './account-state.saga.ts';
import { accountView } from './account.view.ts';

export const disableAccount = command({
  name: 'disableAccount',
  about: 'Disables or locks an account: its users can neither log in nor sign requests.',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin'],
  since: '1.0',
  async: true,
  event: 'ACCOUNT.DISABLE',
  params: {
    id: param.ref(Account, { access: 'operate', about: 'the account; or name it by account and domainid' }),
    account: param.string({ about: 'the name of the account' }),
    domainid: param.uuid({ about: 'the domain of the account' }),
    lock: param.boolean({ required: true, about: 'true locks the account, false disables it' }),
  },
  returns: accountView,
  async execute(args, ctx) {
    const account = await chooseAccount(args, ctx);
    assertNotOwnAccount(account, ctx, args.lock ? 'lock' : 'disable');
    if (account.role === 'Admin') await assertRootAdminRemains(ctx.tx, { accountIds: [account.id] });
    if (account.state !== (args.lock ? 'locked' : 'disabled'))
      accountLifecycle.assertCan(account.state, args.lock ? 'lockRequested' : 'disableRequested', { name: account.name });
    return ctx.jobs.start(
      disableAccountSaga,
      { accountId: account.id, lock: args.lock },
      { subject: { type: 'Account', id: account.id, uuid: account.uuid } },
    );
  },
});
