// The whole life of an asynchronous job, and how clients see it.
import { lifecycle } from '../lifecycle.ts';

/** Stuck: an undo failed; an operator repairs the cause and resumes. */
export const jobLifecycle = lifecycle('job', {
  Queued: { claimed: 'Running', cancelled: 'Cancelled' },
  Running: { released: 'Queued', succeeded: 'Succeeded', failed: 'Failed', stuck: 'Stuck' },
  Stuck: { resumeRequested: 'Queued' },
  Succeeded: {},
  Failed: {},
  Cancelled: {},
});

export type JobState = (typeof jobLifecycle.states)[number];
export const jobInitialState: JobState = 'Queued';

/** `jobstatus` of the API. A stuck job can only end as failed, so clients need not wait for the operator. */
export function jobStatusNumber(state: JobState): 0 | 1 | 2 | 3 {
  switch (state) {
    case 'Queued':
    case 'Running':
      return 0;
    case 'Succeeded':
      return 1;
    case 'Failed':
    case 'Stuck':
      return 2;
    case 'Cancelled':
      return 3;
  }
}
