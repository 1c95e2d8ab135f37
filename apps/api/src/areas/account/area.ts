// Domains, accounts, users: who may log in and whose things are whose.
import { area, presenter } from '../../kernel/area.ts';
import { Session } from '../../kernel/http/session.entity.ts';
import { sessionIdleMinutes } from '../../kernel/http/session-store.ts';
import { Account } from './account.entity.ts';
import { accountResource, domainResource, userResource } from './account.resources.ts';
import { disableAccountSaga, disableUserSaga } from './account-state.saga.ts';
import { accountSource, accountView } from './account.view.ts';
import { createAccount } from './create-account.command.ts';
import { createDomain } from './create-domain.command.ts';
import { createUser } from './create-user.command.ts';
import { deleteAccount } from './delete-account.command.ts';
import { deleteAccountSaga, deleteDomainSaga } from './delete-accounts.saga.ts';
import { deleteDomain } from './delete-domain.command.ts';
import { deleteUser } from './delete-user.command.ts';
import { disableAccount } from './disable-account.command.ts';
import { disableUser } from './disable-user.command.ts';
import { Domain } from './domain.entity.ts';
import { domainSource, domainView } from './domain.view.ts';
import { enableAccount } from './enable-account.command.ts';
import { enableUser } from './enable-user.command.ts';
import { getUserKeys } from './get-user-keys.command.ts';
import { getUser } from './get-user.command.ts';
import { listAccounts } from './list-accounts.command.ts';
import { listApis } from './list-apis.command.ts';
import { listDomainChildren } from './list-domain-children.command.ts';
import { listDomains } from './list-domains.command.ts';
import { listUsers } from './list-users.command.ts';
import { lockAccount } from './lock-account.command.ts';
import { lockUser } from './lock-user.command.ts';
import { incorrectLoginsAllowed } from './login-attempts.ts';
import { LoginFailure } from './login-failure.entity.ts';
import { login } from './login.command.ts';
import { logout } from './logout.command.ts';
import { minimumPasswordLength } from './password.settings.ts';
import { registerUserKeys } from './register-user-keys.command.ts';
import { updateAccount } from './update-account.command.ts';
import { updateDomain } from './update-domain.command.ts';
import { updateUser } from './update-user.command.ts';
import { User } from './user.entity.ts';
import { userSource, userView } from './user.view.ts';

export const accountArea = area({
  name: 'account',
  commands: [
    login,
    logout,
    listApis,
    createDomain,
    listDomains,
    listDomainChildren,
    updateDomain,
    deleteDomain,
    createAccount,
    listAccounts,
    updateAccount,
    enableAccount,
    disableAccount,
    lockAccount,
    deleteAccount,
    createUser,
    listUsers,
    getUser,
    updateUser,
    enableUser,
    disableUser,
    lockUser,
    deleteUser,
    registerUserKeys,
    getUserKeys,
  ],
  resources: [domainResource, accountResource, userResource],
  entities: [Domain, Account, User, LoginFailure, Session],
  sagas: [disableAccountSaga, disableUserSaga, deleteAccountSaga, deleteDomainSaga],
  presenters: [
    presenter('Domain', domainView, domainSource),
    presenter('Account', accountView, accountSource),
    presenter('User', userView, userSource),
  ],
  settings: [incorrectLoginsAllowed, minimumPasswordLength, sessionIdleMinutes],
});
