// Transactions that repeat themselves when InnoDB picked them as the victim of a deadlock.
import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource, EntityManager } from 'typeorm';
import { isDeadlock } from './failures.ts';

const attempts = 5;

/**
 * Runs `work` in a transaction. It may run several times, so it must have no effect but its rows. Whatever it reads, it reads
 * through `tx`: who waits for a second connection while holding one waits for ever once all others do the same.
 * @param beforeRepeat runs before each repetition, while no connection is held
 */
export async function inTransaction<T>(
  dataSource: DataSource,
  work: (tx: EntityManager) => Promise<T>,
  beforeRepeat?: () => Promise<void>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await dataSource.transaction(work);
    } catch (error) {
      if (attempt >= attempts || !isDeadlock(error)) throw error;
      await sleep(attempt * 5);
      await beforeRepeat?.();
    }
  }
}
