// deleteAccount
import { command, success } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { Account } from './account.entity.ts';
import { assertNotDefault, assertNothingOwned, assertNotOwnAccount, assertRootAdminRemains } from './account-rules.ts';
import { deleteAccountSaga } from './delete-accounts.saga.ts';

export const deleteAccount = command({
  name: 'deleteAccount',
  about: 'Deletes an account that holds nothing any more, and its users.',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin'],
  since: '1.0',
  async: true,
  event: 'ACCOUNT.DELETE',
  params: { id: param.ref(Account, { required: true, access: 'operate', about: 'the account to delete' }) },
  returns: success,
  async execute({ id: account }, ctx) {
    assertNotDefault(account, `account ${account.name}`);
    assertNotOwnAccount(account, ctx, 'delete');
    if (account.role === 'Admin') await assertRootAdminRemains(ctx.tx, { accountIds: [account.id] });
    await assertNothingOwned(ctx, { accountIds: [account.id] }, `account ${account.name}`);
    return ctx.jobs.start(
      deleteAccountSaga,
      { accountId: account.id },
      { subject: { type: 'Account', id: account.id, uuid: account.uuid } },
    );
  },
});
