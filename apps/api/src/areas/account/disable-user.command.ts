// disableUser
import { userLifecycle } from '@strata/domain';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { assertNotOwnUser, assertRootAdminRemains } from './account-rules.ts';
import { disableUserSaga } from './account-state.saga.ts';
import { User } from './user.entity.ts';
import { userView } from './user.view.ts';

export const disableUser = command({
  name: 'disableUser',
  about: 'Disables a user: it can neither log in nor sign requests.',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin'],
  since: '1.0',
  async: true,
  event: 'USER.DISABLE',
  params: { id: param.ref(User, { required: true, access: 'operate', about: 'the user to disable' }) },
  returns: userView,
  async execute({ id: user }, ctx) {
    assertNotOwnUser(user, ctx, 'disable');
    await assertRootAdminRemains(ctx.tx, { userId: user.id });
    if (user.state !== 'disabled') userLifecycle.assertCan(user.state, 'disableRequested', { name: user.username });
    return ctx.jobs.start(disableUserSaga, { userId: user.id }, { subject: { type: 'User', id: user.id, uuid: user.uuid } });
  },
});
