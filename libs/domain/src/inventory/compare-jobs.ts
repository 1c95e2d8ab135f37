// I1: every job ends and none belongs to a dead server. I2: nothing is on its way without a job that brings it there.
import type { JobState } from '../job/job.states.ts';
import type { Difference } from './difference.ts';

export interface JobEntry {
  readonly uuid: string;
  readonly command: string;
  readonly state: JobState;
  /** Whether the server that runs it renews its lease; null while nobody runs it. */
  readonly isServerAlive: boolean | null;
  /** Whether another job holds its subject. */
  readonly isSubjectHeld: boolean;
  readonly ageMs: number;
}

/** A queued job is claimed within moments when nothing holds its subject. */
const queuedTooLongMs = 60_000;

export function compareJobs(jobs: readonly JobEntry[]): Difference[] {
  return jobs.flatMap((job) => {
    const found = flawOf(job);
    return found === undefined
      ? []
      : [{ check: 'I1.jobs', subject: `job ${job.uuid} (${job.command})`, expected: 'ended, or run by a server that is alive', found }];
  });
}

function flawOf(job: JobEntry): string | undefined {
  if (job.state === 'Stuck') return 'stuck: its undo failed; repair the cause and call resumeAsyncJob';
  if (job.state === 'Running' && job.isServerAlive === null) return 'running, but no server has it';
  if (job.state === 'Running' && job.isServerAlive === false) return 'running on a server that is dead';
  if (job.state === 'Queued' && !job.isSubjectHeld && job.ageMs > queuedTooLongMs)
    return `queued for ${Math.round(job.ageMs / 1_000)} s with nothing in its way`;
  return undefined;
}

export interface TransitionalRow {
  /** As people call it: `virtual machine web-1`. */
  readonly subject: string;
  readonly state: string;
  readonly hasJob: boolean;
}

export function compareStates(rows: readonly TransitionalRow[]): Difference[] {
  return rows
    .filter(({ hasJob }) => !hasJob)
    .map(({ subject, state }) => ({ check: 'I2.states', subject, expected: `a running job while it is ${state}`, found: 'no job' }));
}
