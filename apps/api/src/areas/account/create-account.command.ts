// createAccount
import { randomUUID } from 'node:crypto';
import { accountInitialState, parseAccountName } from '@strata/domain';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { rowById } from '../../kernel/command/source.ts';
import { unlessTaken } from '../../kernel/db/unique.ts';
import { ensureDefaultGroup } from '../security-group/membership.ts';
import { Account } from './account.entity.ts';
import { roleToGive } from './account-rules.ts';
import { accountSource, accountView } from './account.view.ts';
import { Domain } from './domain.entity.ts';
import { insertUser, newUserParams, ownId } from './new-user.ts';

export const createAccount = command({
  name: 'createAccount',
  about: 'Creates an account and its first user.',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin'],
  since: '1.0',
  event: 'ACCOUNT.CREATE',
  params: {
    ...newUserParams,
    account: param.string({ about: 'the name of the account; the user name when absent' }),
    accounttype: param.integer({ about: '0 user, 1 root admin, 2 domain admin, 3 resource admin' }),
    roleid: param.uuid({ about: 'the id of the role; wins over accounttype' }),
    domainid: param.ref(Domain, { access: 'use', about: 'the domain of the account; the own one when absent' }),
    networkdomain: param.string({ about: 'the DNS suffix of guests whose network has none' }),
    accountid: param.uuid({ about: 'the id that the account gets, for those who bring their own' }),
  },
  returns: accountView,
  async execute(args, ctx) {
    const domainId = args.domainid?.id ?? ctx.caller.domainId;
    const role = roleToGive(args, domainId, ctx);
    const name = parseAccountName(args.account ?? args.username, args.account === undefined ? 'username' : 'account');
    const row = {
      uuid: ownId(args.accountid, 'accountid') ?? randomUUID(),
      name,
      domainId,
      role,
      state: accountInitialState,
      networkDomain: args.networkdomain ?? null,
      created: ctx.clock.now(),
    };
    const { identifiers } = await unlessTaken(
      ctx.tx.insert(Account, row),
      `the domain already has an account ${name}, or an object with the id asked for: choose another`,
    );
    const { id } = identifiers[0] as { id: number };
    await insertUser(args, { id, domainId }, ctx);
    await ensureDefaultGroup(ctx.tx, id);
    return rowById(accountSource, ctx.tx, id);
  },
});
