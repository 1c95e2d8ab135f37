// Jobs that have not ended, with whether their servers live.
import type { JobEntry, JobState } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import type { Clock } from '../../kernel/clock.ts';

interface JobRow {
  readonly uuid: string;
  readonly command: string;
  readonly state: JobState;
  readonly isServerAlive: 0 | 1 | null;
  readonly isSubjectHeld: 0 | 1;
  readonly created: Date;
}

export async function readJobs(read: EntityManager, clock: Clock): Promise<JobEntry[]> {
  const rows = await read.query<JobRow[]>(
    `SELECT j.uuid, j.command, j.state, s.lease_until > NOW(3) AS isServerAlive, j.created,
       EXISTS (SELECT 1 FROM job holder WHERE holder.held_subject = j.waiting_subject) AS isSubjectHeld
     FROM job j LEFT JOIN management_server s ON s.id = j.server_id WHERE j.state IN ('Queued', 'Running', 'Stuck')`,
  );
  const nowMs = clock.now().getTime();
  return rows.map(({ created, isServerAlive, isSubjectHeld, ...job }) => ({
    ...job,
    isServerAlive: isServerAlive === null ? null : Boolean(isServerAlive),
    isSubjectHeld: Boolean(isSubjectHeld),
    ageMs: nowMs - created.getTime(),
  }));
}

/** SQL that is true for rows with a job on them: `hasJob('VirtualMachine', 'vm.uuid')`. */
export function hasJob(type: string, uuidColumn: string): string {
  const subject = `CONCAT('${type}:', ${uuidColumn})`;
  return `EXISTS (SELECT 1 FROM job j WHERE j.held_subject = ${subject} OR j.waiting_subject = ${subject})`;
}
