// Users in answers.
import { administersDomain, holdsRightsOf } from '@strata/domain';
import type { Caller, Role } from '../../kernel/command/caller.ts';
import { field, type Flag, view } from '../../kernel/command/view.ts';
import { source } from '../../kernel/command/source.ts';
import { roleDefinition } from '../role/roles.ts';

export interface UserRow {
  readonly id: number;
  readonly uuid: string;
  readonly username: string;
  readonly firstname: string;
  readonly lastname: string;
  readonly email: string;
  readonly timezone: string | null;
  readonly state: string;
  readonly apiKey: string | null;
  readonly isDefault: Flag;
  readonly created: Date;
  readonly accountId: number;
  readonly accountUuid: string;
  readonly accountName: string;
  readonly role: Role;
  readonly domainUuid: string;
  readonly domainName: string;
}

export const userSource = source<UserRow>({
  from: 'user u',
  joins: ['JOIN account a ON a.id = u.account_id', 'JOIN domain d ON d.id = u.domain_id'],
  columns: {
    id: 'u.id',
    uuid: 'u.uuid',
    username: 'u.username',
    firstname: 'u.firstname',
    lastname: 'u.lastname',
    email: 'u.email',
    timezone: 'u.timezone',
    state: 'u.state',
    apiKey: 'u.api_key',
    isDefault: 'u.is_default',
    created: 'u.created',
    accountId: 'a.id',
    accountUuid: 'a.uuid',
    accountName: 'a.name',
    role: 'a.role',
    domainUuid: 'd.uuid',
    domainName: 'd.name',
  },
});

/** Half of a credential: only for the user itself and for whom the user has no rights beyond. */
function mayReadApiKey(row: UserRow, caller: Caller): boolean {
  return row.id === caller.userId || (administersDomain(caller) && holdsRightsOf(caller, row.role));
}

export const userView = view<UserRow>('user', {
  id: field.string('the id of the user', (row) => row.uuid),
  username: field.string('the name to log in with', (row) => row.username),
  firstname: field.string('the first name', (row) => row.firstname),
  lastname: field.string('the last name', (row) => row.lastname),
  email: field.string('the mail address', (row) => row.email),
  timezone: field.string('the time zone', (row) => row.timezone),
  state: field.string('enabled, disabled or locked', (row) => row.state),
  created: field.date('when it was created', (row) => row.created),
  account: field.string('the name of the account', (row) => row.accountName),
  accountid: field.string('the id of the account', (row) => row.accountUuid),
  accounttype: field.integer(
    'the type of the account: 0 user, 1 root admin, 2 domain admin, 3 resource admin',
    (row) => roleDefinition(row.role).accountType,
  ),
  roleid: field.string('the id of the role', (row) => roleDefinition(row.role).uuid),
  rolename: field.string('the name of the role', (row) => roleDefinition(row.role).name),
  roletype: field.string('the type of the role', (row) => row.role),
  domain: field.string('the name of the domain', (row) => row.domainName),
  domainid: field.string('the id of the domain', (row) => row.domainUuid),
  apikey: {
    type: 'string',
    about: 'the API key',
    write: (row, caller) => (row.apiKey !== null && mayReadApiKey(row, caller) ? row.apiKey : undefined),
  },
  isdefault: field.boolean('whether the installation was made with it', (row) => row.isDefault),
  iscallerchilddomain: {
    type: 'boolean',
    about: 'whether the user lives in a domain below the one of the caller',
    write: (row, caller) => row.domainUuid !== caller.domainUuid && caller.role !== 'User',
  },
  usersource: field.string('where the user is kept', () => 'native'),
  is2faenabled: field.boolean('whether a second factor is asked for', () => false),
  is2famandated: field.boolean('whether a second factor is demanded', () => false),
});
