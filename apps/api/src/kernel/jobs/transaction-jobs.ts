// Starts jobs inside a transaction: the row, already claimed by this server, and the leading rows steps.
import { randomUUID } from 'node:crypto';
import { nextMove, type Problem, problem, type SagaLogEntry } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import { AlertStore } from '../events/alert-store.ts';
import type { CollectedEvents } from '../events/event-collector.ts';
import type { JsonObject } from '../json.ts';
import { type ClaimedJob, type ClaimedWithLog, jobEvent, type JobResult, subjectKey } from './claimed-job.ts';
import { insertEntries, readLogs } from './job-log.ts';
import { stuckCause } from './job-run.ts';
import { type Plan, runRowsSteps, StepFailure } from './rows-steps.ts';
import type { JobStarter, JobSubject, Saga, StartedJob } from './saga.ts';
import type { StepKit } from './step-context.ts';
import type { JobWorker } from './worker.ts';
import type { ServerLease } from './server-lease.ts';

/** Who starts jobs, for what. */
export interface JobOrigin {
  readonly accountId: number;
  readonly domainId: number;
  readonly userId: number;
  readonly requestId: string;
  /** The API command, or the reconciler. */
  readonly command: string;
  /** Audit event type; without it the job writes no events of its own. */
  readonly event?: string | undefined;
  /** Chosen by the client (customjobid). */
  readonly jobUuid?: string | undefined;
}

type NewJob = Omit<ClaimedJob, 'id'>;

export class TransactionJobs implements JobStarter {
  private readonly runnable: ClaimedWithLog[] = [];
  private readonly queued: string[] = [];

  constructor(
    private readonly tx: EntityManager,
    private readonly origin: JobOrigin,
    private readonly events: CollectedEvents,
    private readonly kit: StepKit,
    private readonly lease: ServerLease,
    private readonly worker: JobWorker,
  ) {}

  async start<Input extends JsonObject>(
    saga: Saga<Input>,
    input: Input,
    options: { subject: JobSubject; fresh?: boolean; event?: string },
  ): Promise<StartedJob> {
    const plan = this.worker.plan(saga.name);
    const job = this.describe(saga.name, input, options.subject, options.event);
    this.record(job, 'scheduled');
    const { epoch } = this.lease;
    const mayRun = this.lease.isHeld() && (options.fresh === true || !(await this.isBusy(options.subject)));
    const id = mayRun ? await this.insertRunning(job) : undefined;
    if (id === undefined) {
      await this.insert(job, 'Queued');
      this.queued.push(subjectKey(options.subject));
      return { uuid: job.uuid, subjectUuid: options.subject.uuid };
    }
    this.record(job, 'started');
    await this.lead({ ...job, id }, plan, epoch);
    return { uuid: job.uuid, subjectUuid: options.subject.uuid };
  }

  async resume(jobId: number): Promise<void> {
    const [job] = await this.tx.query<{ uuid: string; state: string; heldSubject: string }[]>(
      'SELECT uuid, state, held_subject AS heldSubject FROM job WHERE id = ? FOR UPDATE',
      [jobId],
    );
    if (job?.state !== 'Stuck') throw problem('conflict', `job ${job?.uuid} is ${job?.state}: only stuck jobs can be resumed`);
    const log = (await readLogs(this.tx, [jobId])).get(jobId)!;
    const blocking = log.findLast(({ what }) => what === 'undoFailed') ?? log.at(-1)!;
    await insertEntries(this.tx, jobId, this.lease.id, [{ step: blocking.step, what: 'resumed' }], this.kit.clock.now(), log.length);
    // It keeps its place before the jobs that were started later.
    await this.tx.query(
      `UPDATE job SET state = 'Queued', waiting_subject = held_subject, held_subject = NULL, error_kind = NULL, error_text = NULL WHERE id = ?`,
      [jobId],
    );
    await new AlertStore(this.tx, this.kit.clock).clear(stuckCause(job.uuid));
    this.queued.push(job.heldSubject);
  }

  /** After the commit: the worker takes over. */
  committed(): void {
    for (const claimed of this.runnable.splice(0)) {
      for (const entry of claimed.log) if (entry.what === 'succeeded') this.kit.failpoints.pass(claimed.job.saga, entry.step, 'log');
      this.worker.adopt(claimed);
    }
    for (const subject of this.queued.splice(0)) this.worker.follow(subject);
  }

  /** Runs the leading rows steps and stores their log together with the entry that begins the first hosts step. */
  private async lead(job: ClaimedJob, plan: Plan, epoch: number): Promise<void> {
    const log: SagaLogEntry[] = [];
    let result: JobResult | null = null;
    try {
      await runRowsSteps(this.kit, plan, job, log, { tx: this.tx, events: this.events, keep: (kept) => (result = kept) });
    } catch (error) {
      // What the first steps refuse refuses the request, and its transaction leaves nothing.
      throw error instanceof StepFailure ? error.cause : error;
    }
    const next = nextMove(plan.steps, log);
    const isDone = 'finish' in next;
    if ('do' in next) log.push({ step: next.do.name, what: 'started' });
    await insertEntries(this.tx, job.id, this.lease.id, log, this.kit.clock.now());
    if (isDone) {
      this.record(job, 'completed');
      await this.tx.query(
        `UPDATE job SET state = 'Succeeded', server_id = NULL, held_subject = NULL, result = ?, completed = ? WHERE id = ?`,
        [result && JSON.stringify(result), this.kit.clock.now(), job.id],
      );
      return;
    }
    if (result !== null) await this.tx.query('UPDATE job SET result = ? WHERE id = ?', [JSON.stringify(result), job.id]);
    this.runnable.push({ job: { ...job, result }, epoch, log });
  }

  private describe(saga: string, input: JsonObject, { type, id, uuid, accountId }: JobSubject, event = this.origin.event): NewJob {
    const { origin } = this;
    return {
      uuid: origin.jobUuid ?? randomUUID(),
      saga,
      // What a reconciler starts with an event of its own is told by what is done.
      command: event === origin.event ? origin.command : saga,
      eventType: event ?? null,
      startEvent: event === undefined ? null : randomUUID(),
      requestId: origin.requestId.slice(0, 64),
      accountId: origin.accountId,
      domainId: origin.domainId,
      userId: origin.userId,
      ownerAccountId: accountId ?? origin.accountId,
      subject: { type, id, uuid },
      claim: 1,
      input,
      result: null,
    };
  }

  private record(job: NewJob, stage: 'scheduled' | 'started' | 'completed'): void {
    const event = jobEvent(job, stage);
    if (event) this.events.add(event);
  }

  /** Whether another job runs on the subject or waits for it. @throws conflict when that one is stuck */
  private async isBusy(subject: JobSubject): Promise<boolean> {
    const key = subjectKey(subject);
    const rows = await this.tx.query<{ uuid: string; state: string }[]>(
      'SELECT uuid, state FROM job WHERE held_subject = ? OR waiting_subject = ?',
      [key, key],
    );
    const stuck = rows.find(({ state }) => state === 'Stuck');
    if (stuck) throw stuckProblem(stuck.uuid);
    return rows.length > 0;
  }

  /** @returns undefined when another transaction began a job on the subject at the same moment: the unique index decides */
  private async insertRunning(job: NewJob): Promise<number | undefined> {
    // Not a plain insert: a refused duplicate would leave a shared lock, and two such transactions often a deadlock.
    const row = await this.insert(job, 'Running', 'ON DUPLICATE KEY UPDATE id = id');
    if (row.uuid === job.uuid && row.requestId === job.requestId) return row.id;
    if (row.uuid === job.uuid) throw problem('conflict', `there is a job ${job.uuid} already: choose another customjobid`);
    return undefined;
  }

  private async insert(
    job: NewJob,
    state: 'Running' | 'Queued',
    onDuplicate = '',
  ): Promise<{ id: number; uuid: string; requestId: string }> {
    const key = subjectKey(job.subject);
    const isRunning = state === 'Running';
    const values = {
      uuid: job.uuid,
      saga: job.saga,
      command: job.command,
      event_type: job.eventType,
      start_event: job.startEvent,
      request_id: job.requestId,
      account_id: job.accountId,
      domain_id: job.domainId,
      user_id: job.userId,
      owner_account_id: job.ownerAccountId,
      subject_type: job.subject.type,
      subject_id: job.subject.id,
      subject_uuid: job.subject.uuid,
      state,
      held_subject: isRunning ? key : null,
      waiting_subject: isRunning ? null : key,
      server_id: isRunning ? this.lease.id : null,
      claim: isRunning ? job.claim : 0,
      input: JSON.stringify(job.input),
      created: this.kit.clock.now(),
    };
    const rows = await this.tx.query<{ id: number; uuid: string; requestId: string }[]>(
      `INSERT INTO job (${Object.keys(values).join(', ')}) VALUES (${Object.keys(values)
        .map(() => '?')
        .join(', ')}) ${onDuplicate} RETURNING id, uuid, request_id AS requestId`,
      Object.values(values),
    );
    return rows[0]!;
  }
}

function stuckProblem(jobUuid: string): Problem {
  return problem(
    'conflict',
    `job ${jobUuid} on this object is stuck half undone: an administrator repairs its cause and calls resumeAsyncJob first`,
  );
}
