// Deletes jobs that ended long ago, with their logs.
import { jobExpireMinutes } from '../../kernel/jobs/job-settings.ts';
import { reconciler } from '../../kernel/reconcile/reconciler.ts';

const batch = 500;

export const oldJobs = reconciler({
  name: 'oldJobs',
  about: 'Deletes jobs that ended longer ago than job.expire.minutes.',
  everyMs: 10 * 60_000,
  async run({ read, settings, clock, transaction }) {
    const before = new Date(clock.now().getTime() - settings.get(jobExpireMinutes) * 60_000);
    for (let full = true; full;) {
      const rows = await read.query<{ id: number }[]>(
        `SELECT id FROM job WHERE created < ? AND state IN ('Succeeded', 'Failed', 'Cancelled') AND completed < ? ORDER BY created LIMIT ${batch}`,
        [before, before],
      );
      const ids = rows.map(({ id }) => id);
      if (ids.length > 0) {
        await transaction(async ({ tx }) => {
          await tx.query('DELETE FROM job_step WHERE job_id IN (?)', [ids]);
          await tx.query('DELETE FROM job WHERE id IN (?)', [ids]);
        });
      }
      full = ids.length === batch;
    }
  },
});
