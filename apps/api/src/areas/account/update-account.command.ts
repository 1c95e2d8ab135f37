// updateAccount
import { parseAccountName, problem } from '@strata/domain';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { rowById } from '../../kernel/command/source.ts';
import { unlessTaken } from '../../kernel/db/unique.ts';
import { Account } from './account.entity.ts';
import { assertNotDefault, assertNotOwnAccount, assertRootAdminRemains, chooseAccount, roleToGive } from './account-rules.ts';
import { accountSource, accountView } from './account.view.ts';

export const updateAccount = command({
  name: 'updateAccount',
  about: 'Changes the name, role or network domain of an account.',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin'],
  since: '1.0',
  event: 'ACCOUNT.UPDATE',
  params: {
    id: param.ref(Account, { access: 'operate', about: 'the account; or name it by account and domainid' }),
    account: param.string({ about: 'the present name of the account' }),
    domainid: param.uuid({ about: 'the domain of the account' }),
    newname: param.string({ about: 'the new name' }),
    networkdomain: param.text({ about: 'the DNS suffix of guests whose network has none; empty for none' }),
    roleid: param.uuid({ about: 'the id of the new role' }),
  },
  returns: accountView,
  async execute(args, ctx) {
    const account = await chooseAccount(args, ctx);
    const { newname, networkdomain, roleid } = args;
    if (newname === undefined && networkdomain === undefined && roleid === undefined)
      throw problem('invalid', 'nothing is to be changed: send newname, networkdomain or roleid');
    const name = newname === undefined ? account.name : parseAccountName(newname, 'newname');
    let { role } = account;
    if (roleid !== undefined) {
      role = roleToGive({ roleid }, account.domainId, ctx);
      if (role !== account.role) {
        assertNotDefault(account, `the role of account ${account.name}`);
        assertNotOwnAccount(account, ctx, 'change the role of');
        if (account.role === 'Admin') await assertRootAdminRemains(ctx.tx, { accountIds: [account.id] });
      }
    }
    const networkDomain = networkdomain === undefined ? account.networkDomain : networkdomain.trim() || null;
    await unlessTaken(
      ctx.tx.update(Account, { id: account.id }, { name, role, networkDomain }),
      `the domain already has an account ${name}: choose another name`,
    );
    return rowById(accountSource, ctx.tx, account.id);
  },
});
