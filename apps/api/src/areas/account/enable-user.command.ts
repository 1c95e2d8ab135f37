// enableUser
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { rowById } from '../../kernel/command/source.ts';
import { setUserState } from './account-state.saga.ts';
import { User } from './user.entity.ts';
import { userSource, userView } from './user.view.ts';

export const enableUser = command({
  name: 'enableUser',
  about: 'Enables a user that was disabled or locked.',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin'],
  since: '1.0',
  event: 'USER.ENABLE',
  params: { id: param.ref(User, { required: true, access: 'operate', about: 'the user to enable' }) },
  returns: userView,
  async execute({ id: user }, ctx) {
    if (user.state !== 'enabled') await setUserState(ctx.tx, user, 'enableRequested');
    return rowById(userSource, ctx.tx, user.id);
  },
});
