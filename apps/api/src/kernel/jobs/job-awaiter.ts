// Waits for the end of a job, wherever it runs.
import { problem } from '@strata/domain';
import type { DataSource } from 'typeorm';
import type { Clock } from '../clock.ts';
import type { JobAwaiter, JobOutcome } from '../command/executor.ts';
import type { Registry } from '../command/registry.ts';
import { Job } from './job.entity.ts';
import { presentResults } from './job-result.ts';
import type { JobWorker } from './worker.ts';

/** How often a job of another server is looked at while somebody waits for it. */
const foreignPollMs = 1_000;

export class JobWatch implements JobAwaiter {
  private readonly sleepers = new Set<() => void>();
  private isStopping = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly registry: Registry,
    private readonly worker: JobWorker,
    private readonly clock: Clock,
  ) {}

  /** Whoever waits is told to ask later, so that no request holds up the server's end. */
  stop(): void {
    this.isStopping = true;
    for (const wake of this.sleepers) wake();
  }

  async whenDone(jobUuid: string, timeoutMs: number): Promise<JobOutcome> {
    const endMs = this.clock.monotonicMs() + timeoutMs;
    for (;;) {
      const here = this.worker.ended(jobUuid);
      if (here) await this.within(here, endMs - this.clock.monotonicMs());
      const outcome = await this.outcome(jobUuid);
      const leftMs = endMs - this.clock.monotonicMs();
      if (outcome.state !== 'pending' || leftMs <= 0) return outcome;
      if (this.isStopping)
        throw problem(
          'shuttingDown',
          `the server is stopping; job ${jobUuid} goes on when it is back: ask queryAsyncJobResult for its result`,
        );
      if (!here) await this.beginning(jobUuid, Math.min(foreignPollMs, leftMs));
    }
  }

  /** Until this server takes the job up, or it is time to look again. */
  private async beginning(jobUuid: string, ms: number): Promise<void> {
    let stopListening = () => {};
    const begun = new Promise<void>((resolve) => {
      stopListening = this.worker.onAdoption((uuid) => uuid === jobUuid && resolve());
    });
    await this.within(begun, ms);
    stopListening();
  }

  private async outcome(uuid: string): Promise<JobOutcome> {
    const job = await this.dataSource.manager.findOne(Job, { where: { uuid } });
    if (!job) return { state: 'failed', problem: problem('conflict', `job ${uuid} is no longer known`) };
    switch (job.state) {
      case 'Succeeded':
        return {
          state: 'succeeded',
          render: async (caller) => (await presentResults([job], this.registry, this.dataSource.manager, caller)).get(job)?.object,
        };
      case 'Queued':
      case 'Running':
        return { state: 'pending' };
      default:
        return { state: 'failed', problem: problem(job.errorKind ?? 'bug', job.errorText ?? `job ${uuid} was cancelled`) };
    }
  }

  private async within(done: Promise<unknown>, ms: number): Promise<void> {
    if (ms <= 0 || this.isStopping) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    this.sleepers.add(resolve);
    done.then(
      () => resolve(),
      () => resolve(),
    );
    await promise;
    this.sleepers.delete(resolve);
    clearTimeout(timer);
  }
}
