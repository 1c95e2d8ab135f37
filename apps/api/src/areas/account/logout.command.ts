// logout
import { command, flat } from '../../kernel/command/command.ts';
import { field, view } from '../../kernel/command/view.ts';
import { recordSessionEvent } from './session-events.ts';

const logoutView = view<{ description: string }>('logout', { description: field.string('always success', (row) => row.description) });

export const logout = command({
  name: 'logout',
  about: 'Ends the session of the caller, if there is one.',
  roles: 'anyone',
  since: '1.0',
  params: {},
  returns: flat(logoutView),
  async execute(_args, ctx) {
    const user = await ctx.sessions.close();
    if (user) await recordSessionEvent(ctx, 'USER.LOGOUT', user);
    return { description: 'success' };
  },
});
