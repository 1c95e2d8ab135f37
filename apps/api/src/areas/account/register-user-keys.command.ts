// registerUserKeys
import { randomBytes } from 'node:crypto';
import { everyRole } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { User } from './user.entity.ts';
import { userKeysView } from './user-keys.view.ts';

/** 512 random bits, 86 characters. */
const newKey = () => randomBytes(64).toString('base64url');

export const registerUserKeys = command({
  name: 'registerUserKeys',
  about: 'Gives a user a new API key and secret key; the ones it had stop working.',
  roles: everyRole,
  since: '1.0',
  event: 'REGISTER.USER.KEY',
  params: { id: param.ref(User, { required: true, access: 'operate', about: 'the user' }) },
  returns: userKeysView,
  async execute({ id: user }, ctx) {
    const keys = { apiKey: newKey(), secretKey: newKey() };
    await ctx.tx.update(User, { id: user.id }, { apiKey: keys.apiKey, sealedSecretKey: ctx.secrets.seal(keys.secretKey) });
    return keys;
  },
});
