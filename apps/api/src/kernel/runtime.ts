// The parts of a server that outlive requests, put together: lease, settings, worker, reconcilers.
import type { SchedulerRegistry } from '@nestjs/schedule';
import type { DataSource } from 'typeorm';
import type { Clock } from './clock.ts';
import type { TransactionToolsFactory } from './command/executor.ts';
import type { Registry } from './command/registry.ts';
import { Failpoints } from './jobs/failpoints.ts';
import { JobWatch } from './jobs/job-awaiter.ts';
import { stepRetrySeconds } from './jobs/job-settings.ts';
import type { HostServices } from './jobs/saga.ts';
import { type LeaseOptions, ServerLease } from './jobs/server-lease.ts';
import type { StepKit } from './jobs/step-context.ts';
import { TransactionToolbox } from './jobs/transaction-tools.ts';
import { JobWorker } from './jobs/worker.ts';
import type { Log } from './log/log.ts';
import { ReconcilerSchedule, type ScheduleOptions } from './reconcile/schedule.ts';
import { SettingsStore } from './settings/settings-store.ts';

export interface RuntimeOptions {
  readonly dataSource: DataSource;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly log: Log;
  readonly server: LeaseOptions;
  /** What areas add for hosts steps and reconcilers: drivers. */
  readonly services: HostServices;
  readonly systemOwner: ScheduleOptions['systemOwner'];
  readonly timers: Pick<SchedulerRegistry, 'addTimeout' | 'deleteTimeout'>;
  readonly failpoints?: Failpoints;
  readonly concurrency?: number;
  /** Delays between attempts of a step while a host does not answer. */
  readonly retry?: { readonly firstDelayMs: number; readonly longestDelayMs: number };
}

const defaultConcurrency = 64;
const defaultRetry = { firstDelayMs: 500, longestDelayMs: 10_000 };
/** How long a stopping server waits for steps under way. */
const stopGraceMs = 10_000;

export class Runtime {
  readonly settings: SettingsStore;
  readonly lease: ServerLease;
  readonly worker: JobWorker;
  readonly transactions: TransactionToolsFactory;
  readonly awaiter: JobWatch;
  readonly schedule: ReconcilerSchedule;

  constructor(private readonly options: RuntimeOptions) {
    const { dataSource, registry, clock, log } = options;
    this.settings = new SettingsStore(
      dataSource,
      registry.areas.flatMap(({ settings }) => settings),
      log,
    );
    const settings = this.settings;
    const kit: StepKit = {
      settings,
      clock,
      log,
      services: options.services,
      failpoints: options.failpoints ?? new Failpoints(),
      presenter: (type) => registry.presenter(type),
    };
    this.lease = new ServerLease(dataSource, options.server, clock, log);
    this.worker = new JobWorker({
      ...kit,
      dataSource,
      lease: this.lease,
      sagas: registry.areas.flatMap(({ sagas }) => sagas),
      concurrency: options.concurrency ?? defaultConcurrency,
      retry: { ...(options.retry ?? defaultRetry), deadlineMs: () => settings.get(stepRetrySeconds) * 1_000 },
    });
    const toolbox = new TransactionToolbox(kit, settings, this.lease, this.worker);
    this.transactions = toolbox;
    this.awaiter = new JobWatch(dataSource, registry, this.worker, clock);
    this.schedule = new ReconcilerSchedule({
      ...kit,
      dataSource,
      lease: this.lease,
      toolbox,
      reconcilers: registry.areas.flatMap(({ reconcilers }) => reconcilers),
      systemOwner: options.systemOwner,
      timers: options.timers,
    });
  }

  /** Loads settings, takes the lease, resumes jobs, starts reconcilers: before the first request is taken. */
  async start(): Promise<void> {
    await this.settings.load();
    await this.lease.start();
    this.lease.onBeat(({ settingsVersion }) => {
      this.settings
        .noticeVersion(settingsVersion)
        .catch((error: unknown) => this.options.log.warn({ err: error }, 'settings could not be loaded again'));
    });
    await this.worker.start();
    this.schedule.start();
  }

  /** After the last request; jobs under way are left to the next server at a step's end. */
  async stop(): Promise<void> {
    await this.schedule.stop();
    await this.worker.stop(stopGraceMs);
    await this.lease.stop();
  }
}
