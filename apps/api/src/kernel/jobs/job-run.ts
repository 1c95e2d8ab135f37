// Runs one claimed job from where its log stands to its end, spending as few statements as the log allows.
import { type LoggedProblem, nextMove, type SagaLogEntry, type SagaMove } from '@strata/domain';
import type { DataSource, EntityManager } from 'typeorm';
import { isDatabaseAway, isLockConflict } from '../db/failures.ts';
import { AlertStore } from '../events/alert-store.ts';
import { CollectedEvents } from '../events/event-collector.ts';
import type { JsonObject } from '../json.ts';
import { causeChain } from '../wire/error-envelope.ts';
import { type ClaimedJob, type ClaimedWithLog, JobDropped, jobEvent, JobLost, type JobResult } from './claimed-job.ts';
import { appendEntries } from './job-log.ts';
import { type Plan, type RowsTools, runRowsSteps, StepFailure } from './rows-steps.ts';
import type { HostsStep } from './saga.ts';
import type { ServerLease } from './server-lease.ts';
import { hostsStep, type StepKit } from './step-context.ts';
import { isPassing, loggedProblem } from './trouble.ts';

export interface RunKit extends StepKit {
  readonly dataSource: DataSource;
  readonly lease: ServerLease;
  readonly retry: { readonly firstDelayMs: number; readonly longestDelayMs: number; deadlineMs(): number };
  /** True once the server is stopping: no further step is begun. */
  isStopping(): boolean;
  /** Waits without taking a place from jobs that could work. */
  pause(job: ClaimedJob, delayMs: number): Promise<void>;
}

/** How a job ended, as it was stored. */
export type JobEnd =
  | { readonly state: 'Succeeded'; readonly result: JobResult | null }
  | { readonly state: 'Failed' | 'Stuck'; readonly problem: LoggedProblem };

type Finish = Extract<SagaMove, { finish: string }>;
type Step = Plan['steps'][number];

const lockConflictAttempts = 5;

export class JobRun {
  private readonly job: ClaimedJob;
  /** All that happened; the part from `stored` on is not in the database yet. */
  private log: SagaLogEntry[];
  private stored: number;
  private result: JobResult | null;
  private readonly epoch: number;

  constructor(
    private readonly kit: RunKit,
    private readonly plan: Plan,
    claimed: ClaimedWithLog,
  ) {
    this.job = claimed.job;
    this.log = [...claimed.log];
    this.stored = claimed.log.length;
    this.result = claimed.job.result;
    this.epoch = claimed.epoch;
  }

  /** @throws JobLost, JobDropped or a database error: the job is left as it is for whoever claims it next */
  async run(): Promise<JobEnd> {
    for (;;) {
      this.assertOurs();
      const move = nextMove(this.plan.steps, this.log);
      if ('finish' in move) return this.end(move);
      const undo = 'undo' in move;
      const step = undo ? move.undo : move.do;
      if (step.kind === 'hosts') await this.hosts(step, undo);
      else {
        const end = await this.rows(undo);
        if (end) return end;
      }
    }
  }

  private assertOurs(): void {
    if (this.kit.isStopping()) throw new JobDropped(`the server is stopping: job ${this.job.uuid} goes on after it`);
    if (!this.kit.lease.isHeld() || this.kit.lease.epoch !== this.epoch)
      throw new JobLost(`the lease of this server ended while job ${this.job.uuid} ran`);
  }

  private async hosts(step: Step, undo: boolean): Promise<void> {
    const begun = undo ? 'undoStarted' : 'started';
    if (!this.wasLast(step, begun)) this.log.push({ step: step.name, what: begun });
    await this.store(this.kit.dataSource.manager);
    const run = (undo ? step.undo : step.run) as (context: HostsStep<JsonObject, object>) => Promise<JsonObject | void>;
    try {
      const context = hostsStep(this.kit, this.job, this.log, step.name, this.kit.dataSource.manager);
      const output = await this.patiently(step, () => this.kit.failpoints.around(this.plan.saga.name, step.name, undo, () => run(context)));
      this.log.push(undo ? { step: step.name, what: 'undone' } : { step: step.name, what: 'succeeded', ...(output && { output }) });
    } catch (error) {
      this.recordFailure(step.name, undo, error);
    }
    if (this.kit.failpoints.has(this.plan.saga.name, step.name, undo ? 'undo-log' : 'log')) {
      await this.store(this.kit.dataSource.manager);
      this.kit.failpoints.pass(this.plan.saga.name, step.name, undo ? 'undo-log' : 'log');
    }
  }

  /** A step begun by a server that crashed needs no second entry. */
  private wasLast(step: Step, what: SagaLogEntry['what']): boolean {
    const last = this.log.findLast((entry) => entry.step === step.name);
    return last?.what === what;
  }

  /** Does the rows steps that come next in one transaction, the end of the job included where they lead to it. */
  private async rows(undo: boolean): Promise<JobEnd | undefined> {
    const before = this.log.length;
    try {
      return await this.transaction(async (tools) => {
        await runRowsSteps(this.kit, this.plan, this.job, this.log, tools);
        const next = nextMove(this.plan.steps, this.log);
        if ('finish' in next) return this.writeEnd(tools, next);
        const step = 'undo' in next ? next.undo : next.do;
        const begun = 'undo' in next ? 'undoStarted' : 'started';
        if (!this.wasLast(step, begun)) this.log.push({ step: step.name, what: begun });
        await this.store(tools.tx);
        await tools.events.flush(tools.tx);
        if (this.result !== this.job.result) await this.storeResult(tools.tx);
        return undefined;
      }, before);
    } catch (error) {
      if (!(error instanceof StepFailure)) throw error;
      this.recordFailure(error.step, undo, error.cause);
      return undefined;
    }
  }

  private async end(finish: Finish): Promise<JobEnd> {
    return this.transaction((tools) => this.writeEnd(tools, finish), this.log.length);
  }

  /** Log, events, job row: the last three statements of a job. */
  private async writeEnd({ tx, events }: OpenTools, finish: Finish): Promise<JobEnd> {
    const { kit, job } = this;
    const end: JobEnd =
      finish.finish === 'succeeded'
        ? { state: 'Succeeded', result: this.result }
        : { state: finish.finish === 'failed' ? 'Failed' : 'Stuck', problem: finish.problem };
    await this.store(tx);
    const event = jobEvent(job, end.state === 'Succeeded' ? 'completed' : 'failed', 'problem' in end ? eventReason(end.problem) : '');
    if (event) events.add(event);
    await events.flush(tx);
    const isStuck = end.state === 'Stuck';
    const problem = 'problem' in end ? end.problem : undefined;
    const result = await tx.query<{ affectedRows: number }>(
      `UPDATE job SET state = ?, server_id = NULL, held_subject = ${isStuck ? 'held_subject' : 'NULL'}, result = ?, error_kind = ?, error_text = ?, completed = ?
       WHERE id = ? AND server_id = ? AND claim = ?`,
      [
        end.state,
        this.result === null ? null : JSON.stringify(this.result),
        problem?.kind ?? null,
        problem?.message.slice(0, 4_096) ?? null,
        isStuck ? null : kit.clock.now(),
        job.id,
        kit.lease.id,
        job.claim,
      ],
    );
    if (result.affectedRows !== 1) throw new JobLost(`job ${job.uuid} was taken over by another server`);
    if ('step' in finish && isStuck) await this.alertStuck(tx, finish.step, finish.problem);
    return end;
  }

  private async alertStuck(tx: EntityManager, step: string, problem: LoggedProblem): Promise<void> {
    const { job } = this;
    await new AlertStore(tx, this.kit.clock).raise({
      type: 'ALERT.MANAGEMENT',
      cause: stuckCause(job.uuid),
      subject: `job ${job.uuid} is stuck`,
      content: `Undoing step ${step} of ${job.command} on ${job.subject.type} ${job.subject.uuid} failed: ${problem.message}. Repair the cause, then call resumeAsyncJob.`,
    });
  }

  private recordFailure(step: string, undo: boolean, error: unknown): void {
    if (error instanceof JobLost || error instanceof JobDropped || isDatabaseAway(error)) throw error;
    const problem = loggedProblem(error);
    this.log.push({ step, what: undo ? 'undoFailed' : 'failed', problem });
    const fields = { request: this.job.requestId, job: this.job.uuid, saga: this.plan.saga.name, step, cause: causeChain(error) };
    if (problem.kind === 'bug' || undo) this.kit.log.error(fields, undo ? 'undoing a step failed' : 'a step failed by a defect');
    else this.kit.log.warn(fields, 'a step failed: its job is undone');
  }

  /** Repeats while hosts don't answer, with growing delays, until the deadline. */
  private async patiently<T>(step: Step, work: () => Promise<T>): Promise<T> {
    const { retry, clock, log } = this.kit;
    const endMs = clock.monotonicMs() + retry.deadlineMs();
    for (let delayMs = retry.firstDelayMs; ; delayMs = Math.min(delayMs * 2, retry.longestDelayMs)) {
      try {
        return await work();
      } catch (error) {
        if (!isPassing(error) || clock.monotonicMs() + delayMs > endMs) throw error;
        log.warn(
          { job: this.job.uuid, step: step.name, retryMs: delayMs, reason: (error as Error).message },
          'a host does not answer: the step is tried again',
        );
        await this.kit.pause(this.job, delayMs);
        this.assertOurs();
      }
    }
  }

  /** Appends what is not stored yet; in a transaction `log` counts as stored only when that has committed. */
  private async store(manager: EntityManager): Promise<void> {
    await appendEntries(manager, this.job, this.kit.lease.id, this.log.slice(this.stored), this.stored, this.kit.clock.now());
    if (manager === this.kit.dataSource.manager) this.stored = this.log.length;
  }

  private async storeResult(tx: EntityManager): Promise<void> {
    await tx.query('UPDATE job SET result = ? WHERE id = ? AND claim = ?', [JSON.stringify(this.result), this.job.id, this.job.claim]);
  }

  /** One transaction, done again as a whole when it loses a race for locks; on any failure the log is as before. */
  private async transaction<T>(work: (tools: OpenTools) => Promise<T>, logLength: number): Promise<T> {
    const resultBefore = this.result;
    for (let attempt = 1; ; attempt += 1) {
      try {
        const value = await this.kit.dataSource.transaction((tx) => {
          const events = new CollectedEvents(this.job, this.kit.clock);
          return work({ tx, events, keep: (result) => (this.result = result) });
        });
        const firstNew = this.stored;
        this.stored = this.log.length;
        this.passLogPoints(firstNew);
        return value;
      } catch (error) {
        this.log = this.log.slice(0, logLength);
        this.result = resultBefore;
        const cause = error instanceof StepFailure ? error.cause : error;
        if (!isLockConflict(cause) || attempt === lockConflictAttempts) throw error;
        await this.kit.pause(this.job, 10 * attempt);
        this.assertOurs();
      }
    }
  }

  private passLogPoints(from: number): void {
    for (const entry of this.log.slice(from)) {
      if (entry.what === 'succeeded') this.kit.failpoints.pass(this.plan.saga.name, entry.step, 'log');
      if (entry.what === 'undone') this.kit.failpoints.pass(this.plan.saga.name, entry.step, 'undo-log');
    }
  }
}

interface OpenTools extends RowsTools {
  readonly events: CollectedEvents;
}

/** What the owner reads of a failure: defects only by name. */
function eventReason(problem: LoggedProblem): string {
  return problem.kind === 'bug' ? 'an internal error' : problem.message;
}

/** The cause under which a stuck job's alert is open. */
export function stuckCause(jobUuid: string): string {
  return `job.stuck:${jobUuid}`;
}
