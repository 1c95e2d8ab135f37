// Deletes audit events and past alerts that are older than the operator keeps them.
import { eventPurgeDays } from '../../kernel/jobs/job-settings.ts';
import { reconciler } from '../../kernel/reconcile/reconciler.ts';

const batch = 1_000;
const dayMs = 86_400_000;

export const oldEvents = reconciler({
  name: 'oldEvents',
  about: 'Deletes audit events, and alerts that are over, older than event.purge.delay days.',
  everyMs: 60 * 60_000,
  async run({ settings, clock, transaction }) {
    const days = settings.get(eventPurgeDays);
    if (days === 0) return;
    const before = new Date(clock.now().getTime() - days * dayMs);
    for (const sql of [
      `DELETE FROM event WHERE created < ? LIMIT ${batch}`,
      `DELETE FROM alert WHERE sent < ? AND open_cause IS NULL LIMIT ${batch}`,
    ]) {
      for (let full = true; full;) {
        const { affectedRows } = await transaction(({ tx }) => tx.query<{ affectedRows: number }>(sql, [before]));
        full = affectedRows === batch;
      }
    }
  },
});
