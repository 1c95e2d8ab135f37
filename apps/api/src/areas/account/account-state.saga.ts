// Disables or locks an account or a user: its sessions and keys stop working with the commit.
import { accountLifecycle, userLifecycle } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import { transition } from '../../kernel/db/transition.ts';
import { endSessions } from '../../kernel/http/session-store.ts';
import { type RowsStep, saga } from '../../kernel/jobs/saga.ts';
import { Account } from './account.entity.ts';
import { User } from './user.entity.ts';

export type AccountInput = { accountId: number; lock: boolean };
export type UserInput = { userId: number };

export async function setAccountState(
  tx: EntityManager,
  account: Account,
  event: 'disableRequested' | 'lockRequested' | 'enableRequested',
): Promise<void> {
  await transition(tx, Account, account, accountLifecycle, event);
  if (event === 'enableRequested') return;
  const users = await tx.find(User, { select: { id: true }, where: { accountId: account.id } });
  await endSessions(
    tx,
    users.map(({ id }) => id),
  );
}

export async function setUserState(
  tx: EntityManager,
  user: User,
  event: 'disableRequested' | 'lockRequested' | 'enableRequested',
): Promise<void> {
  await transition(tx, User, user, userLifecycle, event);
  if (event !== 'enableRequested') await endSessions(tx, [user.id]);
}

async function disableAccountRows({ tx, input }: RowsStep<AccountInput, unknown>): Promise<void> {
  const account = await tx.findOneByOrFail(Account, { id: input.accountId });
  const target = input.lock ? 'locked' : 'disabled';
  if (account.state !== target) await setAccountState(tx, account, input.lock ? 'lockRequested' : 'disableRequested');
}

async function disableUserRows({ tx, input }: RowsStep<UserInput, unknown>): Promise<void> {
  const user = await tx.findOneByOrFail(User, { id: input.userId });
  if (user.state !== 'disabled') await setUserState(tx, user, 'disableRequested');
}

export const disableAccountSaga = saga<AccountInput>('disableAccount').rows('disabled', disableAccountRows);
export const disableUserSaga = saga<UserInput>('disableUser').rows('disabled', disableUserRows);
