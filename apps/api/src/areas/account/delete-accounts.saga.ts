// Deletes accounts with their users and sessions, and domains with what is below them.
import type { EntityManager } from 'typeorm';
import { endSessions } from '../../kernel/http/session-store.ts';
import { type RowsStep, saga } from '../../kernel/jobs/saga.ts';
import { deleteGroupsOf } from '../security-group/membership.ts';
import { SshKeyPair } from '../ssh-key-pair/ssh-key-pair.entity.ts';
import { Account } from './account.entity.ts';
import { Domain } from './domain.entity.ts';
import { LoginFailure } from './login-failure.entity.ts';
import { User } from './user.entity.ts';

export async function deleteUsers(tx: EntityManager, userIds: readonly number[]): Promise<void> {
  if (userIds.length === 0) return;
  await endSessions(tx, userIds);
  await tx.delete(LoginFailure, [...userIds]);
  await tx.delete(User, [...userIds]);
}

async function deleteAccountRows(tx: EntityManager, accountIds: readonly number[]): Promise<void> {
  for (const accountId of accountIds) {
    const users = await tx.find(User, { select: { id: true }, where: { accountId } });
    await deleteUsers(
      tx,
      users.map(({ id }) => id),
    );
    await tx.delete(SshKeyPair, { accountId });
    await deleteGroupsOf(tx, accountId);
    await tx.delete(Account, { id: accountId });
  }
}

type AccountInput = { accountId: number };
type DomainInput = { domainIds: number[]; accountIds: number[] };

export const deleteAccountSaga = saga<AccountInput>('deleteAccount').rows(
  'deleted',
  async ({ tx, input }: RowsStep<AccountInput, unknown>) => {
    await deleteAccountRows(tx, [input.accountId]);
  },
);

/** `domainIds` from the leaves up. */
export const deleteDomainSaga = saga<DomainInput>('deleteDomain').rows('deleted', async ({ tx, input }: RowsStep<DomainInput, unknown>) => {
  await deleteAccountRows(tx, input.accountIds);
  for (const id of input.domainIds) await tx.delete(Domain, { id });
});
