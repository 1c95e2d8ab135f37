// Lets jobs on machines that are stuck because a host did not answer go on when that host is Up again, or was deleted.
import { reconciler } from '../../kernel/reconcile/reconciler.ts';

/** Between two attempts at one job. */
const pauseMs = 60_000;

export const unfinishedUndoReconciler = reconciler({
  name: 'unfinished-undo',
  about: 'Resumes jobs of machines whose undo waits for a host that is Up again.',
  everyMs: 20_000,
  async run({ read, clock, log, transaction }) {
    const jobs = await read.query<{ id: number; uuid: string }[]>(
      `SELECT j.id, j.uuid FROM job j LEFT JOIN virtual_machine vm ON j.subject_type = 'VirtualMachine' AND vm.id = j.subject_id
         LEFT JOIN system_vm s ON j.subject_type = 'SystemVm' AND s.id = j.subject_id
         LEFT JOIN host h ON h.id = COALESCE(vm.host_id, s.host_id)
       WHERE j.held_subject IS NOT NULL AND j.state = 'Stuck' AND COALESCE(vm.id, s.id) IS NOT NULL AND j.error_kind = 'unavailable' AND (h.id IS NULL OR h.state = 'Up')
         AND NOT EXISTS (SELECT 1 FROM job_step s WHERE s.job_id = j.id AND s.created > ?)`,
      [new Date(clock.now().getTime() - pauseMs)],
    );
    for (const { id, uuid } of jobs) {
      log.info({ job: uuid }, 'a stuck job goes on: the host it waits for is Up again or gone');
      await transaction(({ jobs: starter }) => starter.resume(id));
    }
  },
});
