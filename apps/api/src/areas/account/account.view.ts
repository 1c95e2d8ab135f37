// Accounts in answers.
import { formatDomainPath } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import type { Role } from '../../kernel/command/caller.ts';
import { selectRows, source, Where } from '../../kernel/command/source.ts';
import { field, type Flag, view } from '../../kernel/command/view.ts';
import { roleDefinition } from '../role/roles.ts';
import { type UserRow, userSource, userView } from './user.view.ts';

export interface AccountRow {
  readonly id: number;
  readonly uuid: string;
  readonly name: string;
  readonly role: Role;
  readonly state: string;
  readonly networkDomain: string | null;
  readonly isDefault: Flag;
  readonly created: Date;
  readonly domainUuid: string;
  readonly domainName: string;
  readonly domainPath: string;
  users: readonly UserRow[];
}

async function attachUsers(rows: AccountRow[], read: EntityManager): Promise<void> {
  const users = await selectRows(
    userSource,
    read,
    new Where().in(
      'u.account_id',
      rows.map((row) => row.id),
    ),
  );
  const byAccount = Map.groupBy(users, (user) => user.accountId);
  for (const row of rows) row.users = byAccount.get(row.id) ?? [];
}

export const accountSource = source<AccountRow>({
  from: 'account a',
  joins: ['JOIN domain d ON d.id = a.domain_id'],
  columns: {
    id: 'a.id',
    uuid: 'a.uuid',
    name: 'a.name',
    role: 'a.role',
    state: 'a.state',
    networkDomain: 'a.network_domain',
    isDefault: 'a.is_default',
    created: 'a.created',
    domainUuid: 'd.uuid',
    domainName: 'd.name',
    domainPath: 'd.path',
  },
  attach: attachUsers,
});

export const accountView = view<AccountRow>('account', {
  id: field.string('the id of the account', (row) => row.uuid),
  name: field.string('the name of the account', (row) => row.name),
  accounttype: field.integer('0 user, 1 root admin, 2 domain admin, 3 resource admin', (row) => roleDefinition(row.role).accountType),
  roleid: field.string('the id of the role', (row) => roleDefinition(row.role).uuid),
  rolename: field.string('the name of the role', (row) => roleDefinition(row.role).name),
  roletype: field.string('the type of the role', (row) => row.role),
  domain: field.string('the name of the domain', (row) => row.domainName),
  domainid: field.string('the id of the domain', (row) => row.domainUuid),
  domainpath: field.string('the path of the domain', (row) => formatDomainPath(row.domainPath)),
  state: field.string('enabled, disabled or locked', (row) => row.state),
  networkdomain: field.string('the DNS suffix of guests whose network has none', (row) => row.networkDomain),
  isdefault: field.boolean('whether the installation was made with it', (row) => row.isDefault),
  created: field.date('when it was created', (row) => row.created),
  user: field.list('the users of the account', userView, (row) => row.users),
});
