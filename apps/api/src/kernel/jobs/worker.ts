// The worker of this server: runs the jobs it claimed, finds those that others left, tells waiters of the end.
import { type LoggedProblem, nextMove } from '@strata/domain';
import { isDatabaseAway } from '../db/failures.ts';
import type { Log } from '../log/log.ts';
import { claimOrphans, claimQueued } from './claim.ts';
import { type ClaimedJob, type ClaimedWithLog, JobDropped, JobLost, subjectKey } from './claimed-job.ts';
import { type JobEnd, JobRun, type RunKit } from './job-run.ts';
import { type Plan, planOf } from './rows-steps.ts';
import type { Saga } from './saga.ts';
import type { Beat, ServerLease } from './server-lease.ts';
import { FairSlots } from './slots.ts';
import type { StepKit } from './step-context.ts';

export interface WorkerOptions extends StepKit {
  readonly dataSource: RunKit['dataSource'];
  readonly lease: ServerLease;
  readonly sagas: readonly Saga[];
  readonly log: Log;
  /** How many jobs this server works on at once. */
  readonly concurrency: number;
  readonly retry: RunKit['retry'];
}

const claimBatch = 50;

export class JobWorker {
  private readonly plans = new Map<string, Plan>();
  private readonly slots: FairSlots;
  /** Jobs in this server's hands, by id. */
  private readonly active = new Map<number, { readonly job: ClaimedJob; readonly done: Promise<JobEnd | undefined> }>();
  /** Subjects whose next job waits for the one that runs here. */
  private readonly followed = new Set<string>();
  private readonly kit: RunKit;
  private readonly adoptionListeners = new Set<(jobUuid: string) => void>();
  private stopping = false;
  /** Jobs of ours may be in nobody's hands: look for them at the next beat. */
  private hasDropped = true;
  private claiming: Promise<void> | undefined;

  constructor(private readonly options: WorkerOptions) {
    for (const saga of options.sagas) {
      if (this.plans.has(saga.name)) throw new Error(`saga ${saga.name} is declared twice`);
      this.plans.set(saga.name, planOf(saga));
    }
    this.slots = new FairSlots(options.concurrency);
    this.kit = {
      ...options,
      isStopping: () => this.stopping,
      pause: (job, delayMs) => this.pause(job, delayMs),
    };
    options.lease.onBeat((beat) => this.onBeat(beat));
  }

  /** Takes up what a former start of this server, or servers that died, left behind. */
  async start(): Promise<void> {
    await this.claimLeftovers({ orphans: true, queued: true });
  }

  /** No further step is begun; steps under way get `graceMs` to end. Their jobs stay for the next server. */
  async stop(graceMs: number): Promise<void> {
    this.stopping = true;
    await this.claiming;
    const all = Promise.all([...this.active.values()].map(({ done }) => done));
    await Promise.race([all, new Promise((resolve) => setTimeout(resolve, graceMs).unref())]);
  }

  /** The plan of a saga. @throws Error when no area declares it */
  plan(saga: string): Plan {
    const plan = this.plans.get(saga);
    if (!plan) throw new Error(`saga ${saga} is not declared by any area`);
    return plan;
  }

  /** Starts a job that a committed transaction claimed for this server. */
  adopt(claimed: ClaimedWithLog): void {
    if (this.active.has(claimed.job.id)) return;
    const done = this.work(claimed).finally(() => this.active.delete(claimed.job.id));
    this.active.set(claimed.job.id, { job: claimed.job, done });
    for (const listener of this.adoptionListeners) listener(claimed.job.uuid);
  }

  /** A committed transaction left a queued job for this subject. */
  follow(subject: string): void {
    this.followed.add(subject);
    for (const { job } of this.active.values()) if (subjectKey(job.subject) === subject) return;
    void this.claimNext(subject);
  }

  /** The end of a job that runs here; undefined when it does not, or was left to another server. */
  ended(jobUuid: string): Promise<JobEnd | undefined> | undefined {
    for (const { job, done } of this.active.values()) if (job.uuid === jobUuid) return done;
    return undefined;
  }

  /** Calls back when this server takes up a job. @returns what ends that */
  onAdoption(listener: (jobUuid: string) => void): () => void {
    this.adoptionListeners.add(listener);
    return () => this.adoptionListeners.delete(listener);
  }

  private async work(claimed: ClaimedWithLog): Promise<JobEnd | undefined> {
    const { job } = claimed;
    await this.slots.acquire(job.accountId);
    try {
      const end = await new JobRun(this.kit, this.planOrStuck(claimed), claimed).run();
      this.options.log.info({ ...fieldsOf(job), state: end.state, ...problemFields(end) }, 'a job ended');
      if (end.state !== 'Stuck' && this.followed.has(subjectKey(job.subject))) void this.claimNext(subjectKey(job.subject));
      return end;
    } catch (error) {
      this.leave(job, error);
      return undefined;
    } finally {
      this.slots.release();
    }
  }

  /** A job whose saga this version does not have can't go on: nextMove() calls its log foreign, and an operator decides. */
  private planOrStuck({ job, log }: ClaimedWithLog): Plan {
    const plan = this.plans.get(job.saga);
    if (plan) return plan;
    const steps =
      log.length > 0
        ? []
        : [
            {
              name: job.saga,
              kind: 'rows' as const,
              undoable: false,
              run: () => Promise.reject(new Error(`this version has no saga ${job.saga}`)),
            },
          ];
    return { saga: { name: job.saga, steps }, steps };
  }

  private leave(job: ClaimedJob, error: unknown): void {
    this.hasDropped = true;
    const fields = fieldsOf(job);
    if (error instanceof JobDropped) this.options.log.info(fields, 'a job is left for the next server');
    else if (error instanceof JobLost || isDatabaseAway(error))
      this.options.log.warn({ ...fields, reason: (error as Error).message }, 'a job was left: it goes on when it is claimed again');
    else this.options.log.error({ ...fields, err: error }, 'a job was left by a defect: it goes on when it is claimed again');
  }

  private async pause(job: ClaimedJob, delayMs: number): Promise<void> {
    this.slots.release();
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    await this.slots.acquire(job.accountId);
  }

  private onBeat(beat: Beat): void {
    if (this.stopping || this.claiming) return;
    if (!beat.orphans && !beat.queued && !this.hasDropped) return;
    this.claiming = this.claimLeftovers(beat)
      .catch((error: unknown) => this.options.log.warn({ err: error }, 'claiming jobs failed: it is tried again at the next beat'))
      .finally(() => (this.claiming = undefined));
  }

  private async claimLeftovers(beat: Pick<Beat, 'orphans' | 'queued'>): Promise<void> {
    const { dataSource, lease, clock } = this.options;
    if (beat.orphans || this.hasDropped) {
      this.hasDropped = false;
      for (let full = true; full && this.mayClaim();) {
        const jobs = await claimOrphans(dataSource, lease, [...this.active.keys()], claimBatch);
        this.takeUp(jobs, 'a job that nobody ran goes on here');
        full = jobs.length === claimBatch;
      }
    }
    if (beat.queued && this.mayClaim())
      this.takeUp(await claimQueued(dataSource, lease, clock, undefined, claimBatch), 'a queued job begins');
  }

  private async claimNext(subject: string): Promise<void> {
    if (!this.mayClaim()) return;
    try {
      const { dataSource, lease, clock } = this.options;
      const jobs = await claimQueued(dataSource, lease, clock, subject, 2);
      if (jobs.length === 0) this.followed.delete(subject);
      this.takeUp(jobs, 'a queued job begins');
    } catch (error) {
      this.options.log.warn({ err: error, subject }, 'claiming the next job failed: the next beat finds it');
    }
  }

  private mayClaim(): boolean {
    return !this.stopping && this.options.lease.isHeld();
  }

  private takeUp(jobs: readonly ClaimedWithLog[], message: string): void {
    for (const claimed of jobs) {
      const { job, log } = claimed;
      const plan = this.plans.get(job.saga);
      this.options.log.info({ ...fieldsOf(job), next: plan && nextMove(plan.steps, log) }, message);
      this.adopt(claimed);
    }
  }
}

/** By which an operator finds the job, its command and what it is about. */
function fieldsOf(job: ClaimedJob) {
  return { request: job.requestId, job: job.uuid, command: job.command, subject: subjectKey(job.subject), saga: job.saga };
}

function problemFields(end: JobEnd): { reason?: LoggedProblem } {
  return 'problem' in end ? { reason: end.problem } : {};
}
