// Lets jobs on machines that are stuck because a host did not answer go on when that host is Up again, or was deleted.
import { reconciler } from '../../kernel/reconcile/reconciler.ts';

/** Between two attempts at one job. */
const pauseMs = 60_000;

export const unfinishedUndoReconciler = reconciler({
  name: 'unfinished-undo',
  about: 'Resumes jobs of virtual machines whose undo waits for a host that is Up again.',
  everyMs: 20_000,
  async run({ read, clock, log, transaction }) {
    const jobs = await read.query<{ id: number; uuid: string }[]>(
      `SELECT j.id, j.uuid FROM job j JOIN virtual_machine vm ON vm.uuid = SUBSTRING(j.held_subject, LENGTH('VirtualMachine:') + 1)
         LEFT JOIN host h ON h.id = vm.host_id
       WHERE j.held_subject LIKE 'VirtualMachine:%' AND j.state = 'Stuck' AND j.error_kind = 'unavailable' AND (h.id IS NULL OR h.state = 'Up')
         AND NOT EXISTS (SELECT 1 FROM job_step s WHERE s.job_id = j.id AND s.created > ?)`,
      [new Date(clock.now().getTime() - pauseMs)],
    );
    for (const { id, uuid } of jobs) {
      log.info({ job: uuid }, 'a stuck job goes on: the host it waits for is Up again or gone');
      await transaction(({ jobs: starter }) => starter.resume(id));
    }
  },
});
