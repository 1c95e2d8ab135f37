// A job in the hands of this server, and what may go wrong with holding it.
import type { SagaLogEntry } from '@strata/domain';
import type { EventDraft } from '../events/event-writer.ts';
import type { Actor } from '../events/event-collector.ts';
import type { JsonObject } from '../json.ts';

/** What a job answers with; without one its subject, or success for commands that answer no object. */
export type JobResult =
  | { readonly kind: 'object'; readonly type: string; readonly id: number }
  /** A presenter's row as it was, for objects that are gone when the job is asked for. */
  | { readonly kind: 'snapshot'; readonly type: string; readonly row: JsonObject }
  /** Rows of the command's own view, for answers that are no resource. */
  | { readonly kind: 'list'; readonly rows: readonly JsonObject[] }
  /** The subject, with words of it that only who asked for the job is told: JSON, sealed with the master key. */
  | { readonly kind: 'sealed'; readonly sealed: string }
  | { readonly kind: 'success'; readonly details: string };

export interface ClaimedJob extends Actor {
  readonly id: number;
  readonly uuid: string;
  readonly saga: string;
  readonly command: string;
  readonly eventType: string | null;
  readonly startEvent: string | null;
  readonly ownerAccountId: number;
  readonly subject: { readonly type: string; readonly id: number; readonly uuid: string };
  readonly claim: number;
  readonly input: JsonObject;
  readonly result: JobResult | null;
}

export interface ClaimedWithLog {
  readonly job: ClaimedJob;
  /** Of the server's lease when the claim was made: once that has grown, the claim counts no more. */
  readonly epoch: number;
  readonly log: readonly SagaLogEntry[];
}

/** Another server has the job now, or this one can't be sure to have it: nothing more may be done or written for it. */
export class JobLost extends Error {}

/** The server is stopping: the job stays as it is for whoever claims it next. */
export class JobDropped extends Error {}

export function subjectKey(subject: { readonly type: string; readonly uuid: string }): string {
  return `${subject.type}:${subject.uuid}`;
}

/** The audit event of one stage of a job, if its command writes any. */
export function jobEvent(
  job: Omit<ClaimedJob, 'id' | 'claim'>,
  stage: 'scheduled' | 'started' | 'completed' | 'failed',
  reason = '',
): EventDraft | undefined {
  if (job.eventType === null || job.startEvent === null) return undefined;
  const states = { scheduled: 'Scheduled', started: 'Started', completed: 'Completed', failed: 'Completed' } as const;
  return {
    type: job.eventType,
    state: states[stage],
    level: stage === 'failed' ? 'ERROR' : 'INFO',
    description: `${job.command} of ${job.subject.type} ${job.subject.uuid} ${stage}${reason && `: ${reason}`}`,
    subject: job.subject,
    accountId: job.ownerAccountId,
    startId: job.startEvent,
  };
}
