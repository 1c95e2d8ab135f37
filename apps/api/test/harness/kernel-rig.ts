// Servers without HTTP for tests of jobs and reconcilers: the kernel's runtime on a database of its own, with areas made for the test.
import { randomUUID } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import { type Area, area } from '../../src/kernel/area.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import type { Caller, RequestOrigin } from '../../src/kernel/command/caller.ts';
import type { Command } from '../../src/kernel/command/command.ts';
import type { TransactionTools } from '../../src/kernel/command/executor.ts';
import { Registry } from '../../src/kernel/command/registry.ts';
import { createDataSource } from '../../src/kernel/db/data-source.ts';
import { inTransaction } from '../../src/kernel/db/transaction.ts';
import { Alert, Event } from '../../src/kernel/events/event.entity.ts';
import { JobDropped } from '../../src/kernel/jobs/claimed-job.ts';
import { Failpoints } from '../../src/kernel/jobs/failpoints.ts';
import { Job, JobStep } from '../../src/kernel/jobs/job.entity.ts';
import { eventPurgeDays, jobExpireMinutes, stepRetrySeconds } from '../../src/kernel/jobs/job-settings.ts';
import { ManagementServer } from '../../src/kernel/jobs/management-server.entity.ts';
import { createLog } from '../../src/kernel/log/log.ts';
import { ReconcilerLease } from '../../src/kernel/reconcile/reconciler-lease.entity.ts';
import { Runtime, type RuntimeOptions } from '../../src/kernel/runtime.ts';
import { SettingValueRow, SettingVersion } from '../../src/kernel/settings/setting-value.entity.ts';

export const kernelEntities = [Job, JobStep, ManagementServer, Event, Alert, SettingValueRow, SettingVersion, ReconcilerLease];

const kernelArea = area({ name: 'kernel', entities: kernelEntities, settings: [stepRetrySeconds, jobExpireMinutes, eventPurgeDays] });

export const testCaller: Caller = {
  userId: 7,
  userUuid: '00000000-0000-4000-8000-000000000007',
  username: 'tester',
  accountId: 5,
  accountUuid: '00000000-0000-4000-8000-000000000005',
  accountName: 'tester',
  domainId: 1,
  domainUuid: '00000000-0000-4000-8000-000000000001',
  domainPath: '/',
  role: 'Admin',
  via: 'local',
};

const origin = (): RequestOrigin => ({ requestId: randomUUID(), remoteAddress: '127.0.0.1', isLoopback: true });

/** An empty, migrated database; the tables of the test's own areas come from `sql`. */
export async function emptyDatabase(url: string, sql: readonly string[]): Promise<DataSource> {
  const admin = await createDataSource({ url, entities: [] }).initialize();
  const name = `cloud_rig_${randomUUID().slice(0, 8)}`;
  await admin.query(`CREATE DATABASE ${name}`);
  await admin.destroy();
  const place = new URL(url);
  place.pathname = `/${name}`;
  const dataSource = await createDataSource({ url: place.href, entities: kernelEntities }).initialize();
  await dataSource.runMigrations();
  for (const statement of sql) await dataSource.query(statement);
  return dataSource;
}

export async function dropDatabase(dataSource: DataSource): Promise<void> {
  await dataSource.query(
    `DROP DATABASE ${String(dataSource.options.database ?? new URL((dataSource.options as { url: string }).url).pathname.slice(1))}`,
  );
  await dataSource.destroy();
}

export interface KernelServer {
  readonly runtime: Runtime;
  readonly registry: Registry;
  readonly failpoints: Failpoints;
  /** Whether a failpoint has killed it: it does nothing more, and its lease runs out. */
  isDead(): boolean;
  /** As the executor does for a command. */
  request<T>(command: Command | undefined, work: (tx: EntityManager, tools: TransactionTools) => Promise<T>): Promise<T>;
}

export interface KernelServerOptions {
  readonly dataSource: DataSource;
  readonly areas: readonly Area[];
  readonly uuid?: string;
  readonly leaseMs?: number;
  readonly beatMs?: number;
  readonly failpoint?: string;
  readonly overrides?: Partial<RuntimeOptions>;
}

/** Starts a server; with `failpoint` it dies there as if killed: nothing it holds is given back. */
export async function startKernelServer(options: KernelServerOptions): Promise<KernelServer> {
  let dead = false;
  const failpoints = new Failpoints(() => {
    dead = true;
    throw new JobDropped('the server died at a failpoint');
  });
  failpoints.set(options.failpoint ?? '');
  const registry = new Registry([kernelArea, ...options.areas]);
  const runtime = new Runtime({
    dataSource: options.dataSource,
    registry,
    clock: systemClock,
    log: createLog(process.env['STRATA_TEST_LOG'] ?? 'silent'),
    server: { uuid: options.uuid ?? randomUUID(), name: 'test', leaseMs: options.leaseMs ?? 2_000, beatMs: options.beatMs ?? 200 },
    services: {} as RuntimeOptions['services'],
    systemOwner: { accountId: 1, domainId: 1, userId: 1 },
    timers: { addTimeout() {}, deleteTimeout() {} },
    failpoints,
    retry: { firstDelayMs: 5, longestDelayMs: 20 },
    ...options.overrides,
  });
  await runtime.start();
  return {
    runtime,
    registry,
    failpoints,
    isDead: () => dead,
    async request(command, work) {
      const { value, tools } = await inTransaction(options.dataSource, async (tx) => {
        const tools = runtime.transactions.open(tx, testCaller, origin(), command);
        const value = await work(tx, tools);
        await tools.flush();
        return { value, tools };
      });
      tools.committed();
      return value;
    },
  };
}

/** The first words of the statements that the work sends, in order, over all connections of the data source. */
export async function statementsOf(dataSource: DataSource, work: () => Promise<unknown>): Promise<string[]> {
  const statements: string[] = [];
  const { logger } = dataSource;
  dataSource.logger = Object.assign(Object.create(logger) as typeof logger, {
    logQuery: (query: string) => statements.push(query.trim().split(/\s+/).slice(0, 3).join(' ')),
  });
  try {
    await work();
    return statements;
  } finally {
    dataSource.logger = logger;
  }
}
