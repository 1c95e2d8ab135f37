// What a new installation starts with: the domain ROOT, the account admin, the user admin.
import { randomUUID } from 'node:crypto';
import { accountInitialState, userInitialState } from '@strata/domain';
import type { DataSource } from 'typeorm';
import type { Clock } from '../../kernel/clock.ts';
import { inTransaction } from '../../kernel/db/transaction.ts';
import { hashPassword } from '../../kernel/secrets/password.ts';
import { ensureDefaultGroup } from '../security-group/membership.ts';
import { Account } from './account.entity.ts';
import { rootDomainId } from './domain.entity.ts';
import { User } from './user.entity.ts';

/** The same everywhere: taken only from this machine until it is changed (see log-in.ts). */
const initialPassword = 'password';

/** Repeatable, also by several servers at once; changes nothing where a user exists. */
export async function seedAccounts(dataSource: DataSource, clock: Clock): Promise<void> {
  const created = clock.now();
  await dataSource.query(
    "INSERT IGNORE INTO domain (id, uuid, name, parent_id, path, level, created) VALUES (?, ?, 'ROOT', NULL, '/', 0, ?)",
    [rootDomainId, randomUUID(), created],
  );
  await dataSource.query('INSERT IGNORE INTO login_failure (user_id, failures, last_at) VALUES (0, 0, ?)', [created]);
  const [first] = await dataSource.query<{ id: number }[]>('SELECT id FROM user LIMIT 1');
  if (first) return;
  const passwordHash = await hashPassword(initialPassword);
  await inTransaction(dataSource, async (tx) => {
    // Servers that start together line up here; the later ones find the user.
    await tx.query('SELECT id FROM domain WHERE id = ? FOR UPDATE', [rootDomainId]);
    const [existing] = await tx.query<{ id: number }[]>('SELECT id FROM user LIMIT 1 FOR UPDATE');
    if (existing) return;
    const account = {
      uuid: randomUUID(),
      name: 'admin',
      domainId: rootDomainId,
      role: 'Admin' as const,
      state: accountInitialState,
      isDefault: true,
      created,
    };
    const { identifiers } = await tx.insert(Account, account);
    const accountId = (identifiers[0] as { id: number }).id;
    await ensureDefaultGroup(tx, accountId);
    await tx.insert(User, {
      uuid: randomUUID(),
      username: 'admin',
      accountId,
      domainId: rootDomainId,
      passwordHash,
      hasInitialPassword: true,
      firstname: 'Admin',
      lastname: 'User',
      state: userInitialState,
      isDefault: true,
      created,
    });
  });
}
