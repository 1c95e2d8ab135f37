// Slows password guessing: counts wrong logins in the database, for all servers, and makes guessers wait longer each time.
import type { EntityManager } from 'typeorm';
import { setting } from '../../kernel/settings/settings.ts';

export const incorrectLoginsAllowed = setting({
  name: 'incorrect.login.attempts.allowed',
  about: 'wrong passwords in a row after which a user has to wait before the next try',
  category: 'Security',
  initial: 10,
  refuse: (value) => (Number.isInteger(value) && value >= 1 && value <= 1_000 ? undefined : 'from 1 to 1000 are possible'),
});

/** Stands for every name that nobody has, so that a try costs the same statements. */
const nobody = 0;

const firstWaitMs = 30_000;
export const longestWaitMinutes = 15;
const longestWaitMs = longestWaitMinutes * 60_000;

/** How long after the last try the next one is possible. The first tries are free, then each wrong one doubles the wait. */
export function waitMs(failures: number, allowed: number): number {
  if (failures < allowed) return 0;
  return Math.min(firstWaitMs * 2 ** Math.min(failures - allowed, 20), longestWaitMs);
}

/**
 * Counts a try before the password is looked at, so that parallel guesses count as well; `forgetFailures` takes it back.
 * @returns whether the try is possible now
 */
export async function countAttempt(manager: EntityManager, userId: number | undefined, now: Date, allowed: number): Promise<boolean> {
  const id = userId ?? nobody;
  await manager.query('INSERT IGNORE INTO login_failure (user_id, failures, last_at) VALUES (?, 0, ?)', [id, now]);
  return manager.transaction(async (tx) => {
    const [row] = await tx.query<{ failures: number; last_at: Date }[]>(
      'SELECT failures, last_at FROM login_failure WHERE user_id = ? FOR UPDATE',
      [id],
    );
    const { failures = 0, last_at: lastAt = now } = row ?? {};
    // Row 0 counts nothing: its only purpose is to cost the same.
    const wait = waitMs(failures, allowed);
    // Tries that come at once may be counted out of order: `lastAt` can be ahead of `now`.
    const blocked = id !== nobody && wait > 0 && now.getTime() - lastAt.getTime() < wait;
    const counted = blocked || id === nobody ? failures : failures + 1;
    await tx.query('UPDATE login_failure SET failures = ?, last_at = ? WHERE user_id = ?', [
      counted,
      blocked || lastAt > now ? lastAt : now,
      id,
    ]);
    return !blocked;
  });
}

export async function forgetFailures(manager: EntityManager, userId: number): Promise<void> {
  await manager.query('UPDATE login_failure SET failures = 0 WHERE user_id = ?', [userId]);
}
