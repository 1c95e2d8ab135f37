// The events and jobs of one transaction: opened with it, flushed before its commit, told when it has committed.
import type { EntityManager } from 'typeorm';
import type { Caller, RequestOrigin } from '../command/caller.ts';
import type { Command } from '../command/command.ts';
import type { TransactionTools, TransactionToolsFactory } from '../command/executor.ts';
import { CollectedEvents } from '../events/event-collector.ts';
import type { SettingsStore } from '../settings/settings-store.ts';
import type { ServerLease } from './server-lease.ts';
import type { StepKit } from './step-context.ts';
import { type JobOrigin, TransactionJobs } from './transaction-jobs.ts';
import type { JobWorker } from './worker.ts';

export class TransactionToolbox implements TransactionToolsFactory {
  constructor(
    private readonly kit: StepKit,
    private readonly settings: SettingsStore,
    private readonly lease: ServerLease,
    private readonly worker: JobWorker,
  ) {}

  open(tx: EntityManager, caller: Caller, origin: RequestOrigin, command: Command | undefined, customJobId?: string): TransactionTools {
    const { accountId, domainId, userId } = caller;
    return this.openFor(tx, {
      accountId,
      domainId,
      userId,
      requestId: origin.requestId,
      command: command?.name ?? '',
      event: command?.event,
      jobUuid: customJobId,
    });
  }

  /** For reconcilers, which have no caller. */
  openFor(tx: EntityManager, origin: JobOrigin): TransactionTools {
    const events = new CollectedEvents(origin, this.kit.clock);
    const jobs = new TransactionJobs(tx, origin, events, this.kit, this.lease, this.worker);
    return {
      events,
      jobs,
      flush: () => events.flush(tx),
      committed: () => {
        this.settings.committed(tx);
        jobs.committed();
      },
    };
  }
}
