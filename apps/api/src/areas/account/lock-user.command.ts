// lockUser
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { rowById } from '../../kernel/command/source.ts';
import { assertNotOwnUser, assertRootAdminRemains } from './account-rules.ts';
import { setUserState } from './account-state.saga.ts';
import { User } from './user.entity.ts';
import { userSource, userView } from './user.view.ts';

export const lockUser = command({
  name: 'lockUser',
  about: 'Locks a user: it can neither log in nor sign requests.',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin'],
  since: '1.0',
  event: 'USER.LOCK',
  params: { id: param.ref(User, { required: true, access: 'operate', about: 'the user to lock' }) },
  returns: userView,
  async execute({ id: user }, ctx) {
    assertNotOwnUser(user, ctx, 'lock');
    await assertRootAdminRemains(ctx.tx, { userId: user.id });
    if (user.state !== 'locked') await setUserState(ctx.tx, user, 'lockRequested');
    return rowById(userSource, ctx.tx, user.id);
  },
});
