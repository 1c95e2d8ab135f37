// updateUser
import { assertPassword, parseAccountName, parseEmail, problem } from '@strata/domain';
import { command, type CommandContext } from '../../kernel/command/command.ts';
import { everyRole } from '../../kernel/command/caller.ts';
import { param } from '../../kernel/command/param.ts';
import { rowById } from '../../kernel/command/source.ts';
import { unlessTaken } from '../../kernel/db/unique.ts';
import { endSessions } from '../../kernel/http/session-store.ts';
import { hashPassword, verifyPassword } from '../../kernel/secrets/password.ts';
import { forgetFailures } from './login-attempts.ts';
import { minimumPasswordLength } from './password.settings.ts';
import { parseTimezone } from './timezone.ts';
import { User } from './user.entity.ts';
import { userSource, userView } from './user.view.ts';

export const updateUser = command({
  name: 'updateUser',
  about: 'Changes a user; a new password ends its other sessions.',
  roles: everyRole,
  since: '1.0',
  event: 'USER.UPDATE',
  params: {
    id: param.ref(User, { required: true, access: 'operate', about: 'the user to change' }),
    username: param.string({ about: 'the new name to log in with' }),
    firstname: param.string({ about: 'the new first name' }),
    lastname: param.string({ about: 'the new last name' }),
    email: param.string({ about: 'the new mail address' }),
    timezone: param.string({ about: 'the new time zone, for example Europe/Berlin' }),
    password: param.text({ secret: true, about: 'the new password, plain or as its MD5 in hexadecimal' }),
    currentpassword: param.string({ secret: true, about: 'the present password: needed by those who are no administrators' }),
  },
  returns: userView,
  async execute(args, ctx) {
    const { id: user } = args;
    const change: Partial<User> = {};
    if (args.username !== undefined) change.username = parseAccountName(args.username, 'username');
    if (args.firstname !== undefined) change.firstname = args.firstname.trim();
    if (args.lastname !== undefined) change.lastname = args.lastname.trim();
    if (args.email !== undefined) change.email = parseEmail(args.email, 'email');
    if (args.timezone !== undefined) change.timezone = parseTimezone(args.timezone);
    if (args.password !== undefined) Object.assign(change, await newPassword(user, args.password, args.currentpassword, ctx));
    if (Object.keys(change).length > 0) {
      await unlessTaken(
        ctx.tx.update(User, { id: user.id }, change),
        `the domain already has a user ${change.username}: choose another name`,
      );
    }
    return rowById(userSource, ctx.tx, user.id);
  },
});

async function newPassword(user: User, password: string, current: string | undefined, ctx: CommandContext): Promise<Partial<User>> {
  assertPassword(password, ctx.settings.get(minimumPasswordLength));
  if (ctx.caller.role === 'User') {
    if (current === undefined) throw problem('invalid', 'send the present password as currentpassword to set a new one');
    if (!(await verifyPassword(current, user.passwordHash))) throw problem('denied', 'currentpassword is not the present password');
  }
  await endSessions(ctx.tx, [user.id], user.id === ctx.caller.userId ? ctx.sessions.currentId : undefined);
  await forgetFailures(ctx.tx, user.id);
  return { passwordHash: await hashPassword(password), hasInitialPassword: false };
}
