// Writes the row of a new user: for createUser, and for the first user of a new account.
import { randomUUID } from 'node:crypto';
import { assertPassword, parseAccountName, parseEmail, problem, userInitialState } from '@strata/domain';
import type { CommandContext } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { unlessTaken } from '../../kernel/db/unique.ts';
import { hashPassword } from '../../kernel/secrets/password.ts';
import { minimumPasswordLength } from './password.settings.ts';
import { parseTimezone } from './timezone.ts';
import { User } from './user.entity.ts';

export const newUserParams = {
  username: param.string({ required: true, about: 'the name to log in with; unique in the domain' }),
  password: param.string({ required: true, secret: true, about: 'the password, plain or as its MD5 in hexadecimal' }),
  email: param.string({ required: true, about: 'the mail address' }),
  firstname: param.string({ required: true, about: 'the first name' }),
  lastname: param.string({ required: true, about: 'the last name' }),
  timezone: param.string({ about: 'the time zone, for example Europe/Berlin' }),
  userid: param.uuid({ about: 'the id that the user gets, for those who bring their own' }),
};

export interface NewUserArgs {
  readonly username: string;
  readonly password: string;
  readonly email: string;
  readonly firstname: string;
  readonly lastname: string;
  readonly timezone?: string | undefined;
  readonly userid?: string | undefined;
}

/** @returns its internal id. @throws invalid for a name that is taken or can't be one */
export async function insertUser(args: NewUserArgs, account: { id: number; domainId: number }, ctx: CommandContext): Promise<number> {
  const username = parseAccountName(args.username, 'username');
  const email = parseEmail(args.email, 'email');
  assertPassword(args.password, ctx.settings.get(minimumPasswordLength));
  const row = {
    uuid: ownId(args.userid, 'userid') ?? randomUUID(),
    username,
    accountId: account.id,
    domainId: account.domainId,
    passwordHash: await hashPassword(args.password),
    firstname: args.firstname.trim(),
    lastname: args.lastname.trim(),
    email,
    timezone: args.timezone === undefined ? null : parseTimezone(args.timezone),
    state: userInitialState,
    created: ctx.clock.now(),
  };
  const { identifiers } = await unlessTaken(
    ctx.tx.insert(User, row),
    `the domain already has a user ${username}, or an object with the id asked for: choose another`,
  );
  return (identifiers[0] as { id: number }).id;
}

/** An id that the caller brings. @throws invalid for the numbers and -1 that stand for ids elsewhere */
export function ownId(id: string | undefined, parameter: string): string | undefined {
  if (id !== undefined && id.length !== 36) throw problem('invalid', `parameter ${parameter} is ${id}: a uuid is expected`);
  return id;
}
