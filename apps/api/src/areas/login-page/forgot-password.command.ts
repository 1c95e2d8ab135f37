// forgotPassword
import { command, flat } from '../../kernel/command/command.ts';
import { field, view } from '../../kernel/command/view.ts';

const forgotPasswordView = view<{ enabled: boolean }>('forgotpassword', {
  enabled: field.boolean('whether a forgotten password can be reset by mail', (row) => row.enabled),
});

/** The login page of other consoles asks whether to offer it; this server sends no mail. */
export const forgotPassword = command({
  name: 'forgotPassword',
  about: 'Tells whether forgotten passwords can be reset by mail: they can not, an administrator sets a new one with updateUser.',
  roles: 'anyone',
  since: '1.0',
  params: {},
  returns: flat(forgotPasswordView),
  execute: () => Promise.resolve({ enabled: false }),
});
