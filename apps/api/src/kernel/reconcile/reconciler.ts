// reconciler(): one idempotent function that repairs what no request started. schedule.ts runs it under a lease.
import type { EntityManager } from 'typeorm';
import type { Clock } from '../clock.ts';
import type { AlertWriter, EventWriter } from '../events/event-writer.ts';
import type { HostServices, JobStarter } from '../jobs/saga.ts';
import type { Log } from '../log/log.ts';
import type { Settings } from '../settings/settings.ts';

export interface ReconcilerContext extends HostServices {
  readonly read: EntityManager;
  /** Runs `work` in a transaction with its audit events; jobs may be started in it. */
  transaction<T>(work: (tools: { tx: EntityManager; events: EventWriter; jobs: JobStarter }) => Promise<T>): Promise<T>;
  readonly alerts: AlertWriter;
  readonly settings: Settings;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Reconciler {
  readonly name: string;
  readonly about: string;
  /** How often it runs, apart from `wake()`. */
  readonly everyMs: number;
  /** Acts only on what it reads; safe to repeat and to stop half way. */
  run(ctx: ReconcilerContext): Promise<void>;
}

export function reconciler(declaration: Reconciler): Reconciler {
  return declaration;
}
