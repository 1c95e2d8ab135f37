// Runs every reconciler on its schedule, on one server at a time, never overlapping itself.
import { randomInt, randomUUID } from 'node:crypto';
import type { SchedulerRegistry } from '@nestjs/schedule';
import type { DataSource } from 'typeorm';
import { isDatabaseAway } from '../db/failures.ts';
import { inTransaction } from '../db/transaction.ts';
import { AlertStore } from '../events/alert-store.ts';
import type { TransactionToolbox } from '../jobs/transaction-tools.ts';
import type { ServerLease } from '../jobs/server-lease.ts';
import type { StepKit } from '../jobs/step-context.ts';
import { causeChain } from '../wire/error-envelope.ts';
import type { Reconciler, ReconcilerContext } from './reconciler.ts';

export interface ScheduleOptions extends StepKit {
  readonly dataSource: DataSource;
  readonly lease: ServerLease;
  readonly toolbox: TransactionToolbox;
  readonly reconcilers: readonly Reconciler[];
  /** Who owns the jobs and events of reconcilers. */
  readonly systemOwner: { readonly accountId: number; readonly domainId: number; readonly userId: number };
  /** Where Nest shows and ends the timers. */
  readonly timers: Pick<SchedulerRegistry, 'addTimeout' | 'deleteTimeout'>;
}

interface Lane {
  readonly reconciler: Reconciler;
  running: Promise<void> | undefined;
  /** Woken while it ran: run once more. */
  again: boolean;
  /** Epoch of the server lease under which this server got the reconciler; it keeps it as long as that lasts. */
  heldInEpoch: number | undefined;
  failures: number;
}

/** An alert is raised when this many runs in a row failed. */
const alertAfterFailures = 3;

export class ReconcilerSchedule {
  private readonly lanes = new Map<string, Lane>();
  private stopped = false;

  constructor(private readonly options: ScheduleOptions) {
    for (const reconciler of options.reconcilers) {
      if (this.lanes.has(reconciler.name)) throw new Error(`reconciler ${reconciler.name} is declared twice`);
      this.lanes.set(reconciler.name, { reconciler, running: undefined, again: false, heldInEpoch: undefined, failures: 0 });
    }
  }

  /** Each first runs within a second or two, spread so that they do not start together. */
  start(): void {
    for (const lane of this.lanes.values()) this.arm(lane, Math.min(lane.reconciler.everyMs, 500 + jitter(1_500)));
  }

  /** Waits for runs under way. */
  async stop(): Promise<void> {
    this.stopped = true;
    for (const { reconciler } of this.lanes.values()) this.disarm(reconciler.name);
    for (const { running } of this.lanes.values()) await running;
  }

  /** Runs a reconciler now, or once more when it is running already. */
  async wake(name: string): Promise<void> {
    const lane = this.lanes.get(name);
    if (!lane) throw new Error(`there is no reconciler ${name}`);
    await this.run(lane);
  }

  private arm({ reconciler }: Lane, delayMs: number): void {
    if (this.stopped) return;
    const timer = setTimeout(() => {
      this.disarm(reconciler.name);
      const lane = this.lanes.get(reconciler.name)!;
      void this.run(lane).finally(() => this.arm(lane, reconciler.everyMs * 0.95 + jitter(reconciler.everyMs * 0.1)));
    }, delayMs);
    this.options.timers.addTimeout(timerName(reconciler.name), timer);
  }

  private disarm(name: string): void {
    try {
      this.options.timers.deleteTimeout(timerName(name));
    } catch {
      // It has just run: Nest throws for a timer it no longer has.
    }
  }

  private run(lane: Lane): Promise<void> {
    if (lane.running) {
      lane.again = true;
      return lane.running;
    }
    lane.running = this.runUntilQuiet(lane).finally(() => (lane.running = undefined));
    return lane.running;
  }

  private async runUntilQuiet(lane: Lane): Promise<void> {
    do {
      lane.again = false;
      await this.runOnce(lane);
    } while (lane.again && !this.stopped);
  }

  private async runOnce(lane: Lane): Promise<void> {
    const { name } = lane.reconciler;
    const { log } = this.options;
    try {
      if (!(await this.hold(lane))) return;
      await lane.reconciler.run(this.context(name));
      if (lane.failures >= alertAfterFailures) await this.alerts().clear(causeOf(name));
      lane.failures = 0;
    } catch (error) {
      // The lease tells of that, and no reconciler can help it.
      if (isDatabaseAway(error)) return;
      lane.failures += 1;
      if (lane.failures === 1) log.error({ reconciler: name, cause: causeChain(error) }, 'a reconciler failed: it runs again as scheduled');
      if (lane.failures === alertAfterFailures) await this.raise(name, error);
    }
  }

  private async raise(name: string, error: unknown): Promise<void> {
    const { log } = this.options;
    log.error({ reconciler: name, cause: causeChain(error) }, 'a reconciler keeps failing');
    const content = `Reconciler ${name} failed ${alertAfterFailures} times in a row: ${error instanceof Error ? error.message : String(error)}. The server log has the details.`;
    await this.alerts()
      .raise({ type: 'ALERT.MANAGEMENT', cause: causeOf(name), subject: `reconciler ${name} keeps failing`, content })
      .catch((cause: unknown) => log.error({ err: cause }, 'the alert could not be stored'));
  }

  /** Whether this server has the reconciler; asking costs a statement only until it has it. */
  private async hold(lane: Lane): Promise<boolean> {
    const { lease, dataSource } = this.options;
    if (!lease.isHeld()) return false;
    if (lane.heldInEpoch === lease.epoch) return true;
    const { epoch } = lease;
    await dataSource.query(
      `INSERT INTO reconciler_lease (name, server_id) VALUES (?, ?)
       ON DUPLICATE KEY UPDATE server_id = IF(server_id IN (SELECT id FROM management_server WHERE lease_until > NOW(3)), server_id, VALUES(server_id))`,
      [lane.reconciler.name, lease.id],
    );
    const rows = await dataSource.query<{ serverId: number }[]>('SELECT server_id AS serverId FROM reconciler_lease WHERE name = ?', [
      lane.reconciler.name,
    ]);
    const isOurs = rows[0]?.serverId === lease.id;
    lane.heldInEpoch = isOurs ? epoch : undefined;
    return isOurs;
  }

  private alerts(): AlertStore {
    return new AlertStore(this.options.dataSource.manager, this.options.clock);
  }

  private context(name: string): ReconcilerContext {
    const { dataSource, toolbox, systemOwner, settings, clock, services } = this.options;
    const requestId = randomUUID();
    return {
      ...services,
      read: dataSource.manager,
      settings,
      clock,
      alerts: this.alerts(),
      log: this.options.log.child({ reconciler: name, request: requestId }),
      async transaction(work) {
        const { value, tools } = await inTransaction(dataSource, async (tx) => {
          const tools = toolbox.openFor(tx, { ...systemOwner, requestId, command: name });
          const value = await work({ tx, events: tools.events, jobs: tools.jobs });
          await tools.flush();
          return { value, tools };
        });
        tools.committed();
        return value;
      },
    };
  }
}

function timerName(reconciler: string): string {
  return `reconciler:${reconciler}`;
}

function causeOf(reconciler: string): string {
  return `reconciler.failing:${reconciler}`;
}

/** Spreads the timers of several servers. */
function jitter(uptoMs: number): number {
  return randomInt(Math.max(1, Math.round(uptoMs)));
}
