// login
import { parseDomainPath, type Problem, problem } from '@strata/domain';
import { command, type CommandContext, flat } from '../../kernel/command/command.ts';
import type { Role } from '../../kernel/command/caller.ts';
import { param } from '../../kernel/command/param.ts';
import { field, view } from '../../kernel/command/view.ts';
import { verifyPassword } from '../../kernel/secrets/password.ts';
import { roleDefinition } from '../role/roles.ts';
import { countAttempt, forgetFailures, incorrectLoginsAllowed, longestWaitMinutes } from './login-attempts.ts';
import { recordSessionEvent } from './session-events.ts';
import { timezoneOffsetHours } from './timezone.ts';

interface LoginUser {
  readonly id: number;
  readonly uuid: string;
  readonly username: string;
  readonly firstname: string;
  readonly lastname: string;
  readonly timezone: string | null;
  readonly passwordHash: string;
  readonly hasInitialPassword: 0 | 1;
  readonly isEnabled: 0 | 1;
  readonly accountId: number;
  readonly accountName: string;
  readonly role: Role;
  readonly domainId: number;
  readonly domainUuid: string;
}

interface Login extends LoginUser {
  readonly sessionKey: string;
  readonly timeoutSeconds: number;
  readonly timezoneOffset: string | undefined;
}

const loginView = view<Login>('login', {
  username: field.string('the name of the user', (row) => row.username),
  userid: field.string('the id of the user', (row) => row.uuid),
  account: field.string('the name of the account', (row) => row.accountName),
  domainid: field.string('the id of the domain', (row) => row.domainUuid),
  firstname: field.string('the first name', (row) => row.firstname),
  lastname: field.string('the last name', (row) => row.lastname),
  type: field.string('the account type: 0 user, 1 root admin, 2 domain admin, 3 resource admin', (row) =>
    String(roleDefinition(row.role).accountType),
  ),
  timezone: field.string('the time zone of the user', (row) => row.timezone),
  timezoneoffset: field.string('its distance from UTC now, in hours', (row) => row.timezoneOffset),
  registered: field.string('whether the user registered by mail', () => 'false'),
  is2faenabled: field.string('whether a second factor is asked for', () => 'false'),
  is2faverified: field.string('whether the second factor was given', () => 'false'),
  sessionkey: field.string('to be sent as parameter sessionkey with every call of this session', (row) => row.sessionKey),
  timeout: field.integer('seconds without a call after which the session ends', (row) => row.timeoutSeconds),
});

/** Writes outside of a transaction: a refused login must still be counted. */
export const login = command({
  name: 'login',
  about: 'Opens a session for a user.',
  roles: 'anyone',
  since: '1.0',
  params: {
    username: param.string({ required: true, about: 'the name of the user' }),
    password: param.string({ required: true, secret: true, about: 'the password, plain or as its MD5 in hexadecimal' }),
    domain: param.string({ maxLength: 700, about: 'the path of the domain, for example /sales/north; ROOT when absent' }),
    domainid: param.string({ about: 'the id of the domain; wins over its path' }),
  },
  returns: flat(loginView),
  async execute({ username, password, domain, domainid }, ctx) {
    const user = await findUser(ctx, username, domain, domainid);
    const admitted = await countAttempt(ctx.tx, user?.id, ctx.clock.now(), ctx.settings.get(incorrectLoginsAllowed));
    // A blocked or unknown user costs as much time as one whose password is wrong, and gets the same words.
    const fits = await verifyPassword(password, admitted ? user?.passwordHash : undefined);
    if (!user || !fits || !user.isEnabled) {
      ctx.log.warn({ username, from: ctx.origin.remoteAddress }, 'refused a login');
      throw refusal(username, domainid ?? domain ?? 'ROOT', ctx.settings.get(incorrectLoginsAllowed));
    }
    await forgetFailures(ctx.tx, user.id);
    if (user.hasInitialPassword && !ctx.sessions.acceptsInitialPassword) throw initialPasswordRefusal(username);
    const session = await ctx.sessions.open(user.id);
    await recordSessionEvent(ctx, 'USER.LOGIN', { ...user, userId: user.id, userUuid: user.uuid });
    return { ...user, ...session, timezoneOffset: timezoneOffsetHours(user.timezone, ctx.clock.now()) };
  },
});

/** The same for every cause: it does not tell which users there are. */
function refusal(username: string, domain: string, allowed: number): Problem {
  return problem(
    'loginFailed',
    `failed to authenticate user ${username} in domain ${domain}: check name, password and domain; after ${allowed} wrong passwords in a row a user has to wait up to ${longestWaitMinutes} minutes before the next try`,
  );
}

function initialPasswordRefusal(username: string): Problem {
  return problem(
    'loginFailed',
    `user ${username} still has the password of a new installation, which is taken only from the machine itself: log in there and change it, or start the server with STRATA_ALLOW_DEFAULT_PASSWORD=1`,
  );
}

async function findUser(
  ctx: CommandContext,
  username: string,
  domain: string | undefined,
  domainId: string | undefined,
): Promise<LoginUser | undefined> {
  if (domainId !== undefined && !/^([0-9a-f-]{36}|\d{1,10})$/i.test(domainId))
    throw problem('unauthenticated', `domainid ${domainId.slice(0, 80)} is no id of a domain`);
  const [condition, value] =
    domainId === undefined
      ? ['LOWER(d.path) = LOWER(?)', parseDomainPath(domain, 'domain')]
      : /^\d+$/.test(domainId)
        ? ['d.id = ?', Number(domainId)]
        : ['d.uuid = ?', domainId.toLowerCase()];
  const [user] = await ctx.tx.query<LoginUser[]>(
    `SELECT u.id, u.uuid, u.username, u.firstname, u.lastname, u.timezone, u.password_hash AS passwordHash, u.has_initial_password AS hasInitialPassword,
       (u.state = 'enabled' AND a.state = 'enabled') AS isEnabled, a.id AS accountId, a.name AS accountName, a.role, d.id AS domainId, d.uuid AS domainUuid
     FROM domain d JOIN user u ON u.domain_id = d.id AND u.username = ? JOIN account a ON a.id = u.account_id WHERE ${condition}`,
    [username, value],
  );
  return user;
}
