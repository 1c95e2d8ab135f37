// getUserKeys
import { everyRole } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { User } from './user.entity.ts';
import { userKeysView } from './user-keys.view.ts';

export const getUserKeys = command({
  name: 'getUserKeys',
  about: 'Shows the API key and the secret key of a user, if it has any.',
  roles: everyRole,
  since: '1.0',
  params: { id: param.ref(User, { required: true, access: 'operate', about: 'the user' }) },
  returns: userKeysView,
  execute({ id: user }, ctx) {
    const secretKey = user.sealedSecretKey === null ? null : ctx.secrets.open(user.sealedSecretKey);
    return Promise.resolve({ apiKey: user.apiKey, secretKey });
  },
});
