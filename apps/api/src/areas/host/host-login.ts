// Keeps a login for a job without its password ever standing in the job's input, its log or a row in clear.
import { problem } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import type { Clock } from '../../kernel/clock.ts';
import type { SecretBox } from '../../kernel/secrets/secret-box.ts';
import { HostLogin } from './host-login.entity.ts';

const usernamePattern = /^[A-Za-z_][A-Za-z0-9._-]{0,31}$/;

/** Without a password the management key is the login. @returns the id of the row, for the job's input */
export async function keepLogin(
  tx: EntityManager,
  login: { readonly username?: string | undefined; readonly password?: string | undefined },
  tools: { readonly secrets: SecretBox; readonly clock: Clock },
): Promise<{ id: number; username: string }> {
  const username = login.username?.trim() || 'root';
  if (!usernamePattern.test(username))
    throw problem('invalid', `parameter username: "${username}" cannot be a login of a host: give a name such as root`);
  const row = tx.create(HostLogin, {
    username,
    sealedPassword: login.password === undefined ? null : tools.secrets.seal(login.password),
    created: tools.clock.now(),
  });
  await tx.insert(HostLogin, row);
  return { id: row.id, username };
}

/** Gone already: fine. */
export async function dropLogin(tx: EntityManager, loginId: number): Promise<void> {
  await tx.delete(HostLogin, { id: loginId });
}
