// deleteUser
import { command, success } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { assertNotDefault, assertNotOwnUser, assertRootAdminRemains } from './account-rules.ts';
import { deleteUsers } from './delete-accounts.saga.ts';
import { User } from './user.entity.ts';

export const deleteUser = command({
  name: 'deleteUser',
  about: 'Deletes a user, its keys and its sessions.',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin'],
  since: '1.0',
  event: 'USER.DELETE',
  params: { id: param.ref(User, { required: true, access: 'operate', about: 'the user to delete' }) },
  returns: success,
  async execute({ id: user }, ctx) {
    assertNotDefault(user, `user ${user.username}`);
    assertNotOwnUser(user, ctx, 'delete');
    await assertRootAdminRemains(ctx.tx, { userId: user.id });
    await deleteUsers(ctx.tx, [user.id]);
  },
});
