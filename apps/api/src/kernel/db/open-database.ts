// Opens the database at start: waits for it, refuses what can't work, migrates under a lock.
import { compareVersions, minimumMariadbVersion } from '@strata/domain';
import { type DataSource, QueryFailedError } from 'typeorm';
import type { Log } from '../log/log.ts';
import { createDataSource, type DatabaseOptions } from './data-source.ts';

const migrationLock = 'strata_migration';
const migrationLockTimeoutSeconds = 300;

/** A start refused for a reason the operator can mend; the message is the whole story. */
export class DatabaseRefused extends Error {}

export interface OpenOptions extends DatabaseOptions {
  readonly log: Log;
  /** How long to wait for a server that does not answer. */
  readonly patienceMs: number;
}

/** @throws DatabaseRefused: unreachable, too old, wrong rights or a schema newer than this code */
export async function openDatabase(options: OpenOptions): Promise<DataSource> {
  const dataSource = await connect(options);
  try {
    await checkVersion(dataSource);
    await migrate(dataSource);
    return dataSource;
  } catch (error) {
    await dataSource.destroy();
    if (error instanceof QueryFailedError && isRightsError(error)) {
      throw new DatabaseRefused(`the database user lacks rights: ${error.message}; grant ALL on the database to it`, { cause: error });
    }
    throw error;
  }
}

async function connect(options: OpenOptions): Promise<DataSource> {
  const deadline = performance.now() + options.patienceMs;
  for (let delayMs = 200; ; delayMs = Math.min(delayMs * 2, 5_000)) {
    const dataSource = createDataSource(options);
    try {
      return await dataSource.initialize();
    } catch (error) {
      const place = new URL(options.url);
      const where = `${place.hostname}:${place.port || 3306}${place.pathname}`;
      if (isRightsError(error))
        throw new DatabaseRefused(`the database at ${where} refuses user ${place.username}: ${messageOf(error)}`, { cause: error });
      if (performance.now() + delayMs > deadline) {
        throw new DatabaseRefused(
          `the database at ${where} can't be reached: ${messageOf(error)}; start it or correct STRATA_DATABASE_URL`,
          { cause: error },
        );
      }
      options.log.warn({ database: where, reason: messageOf(error), retryMs: delayMs }, 'the database does not answer yet');
      await new Promise((resolve) => setTimeout(resolve, delayMs));
    }
  }
}

function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join(', ');
  return error instanceof Error ? error.message || String((error as NodeJS.ErrnoException).code) : String(error);
}

/** ER_DBACCESS_DENIED, ER_ACCESS_DENIED, ER_BAD_DB and the two "command denied" errors. */
function isRightsError(error: unknown): boolean {
  return [1044, 1045, 1049, 1142, 1227].includes((error as { errno?: number }).errno ?? 0);
}

async function checkVersion(dataSource: DataSource): Promise<void> {
  const rows = await dataSource.query<{ version: string }[]>('SELECT VERSION() AS version');
  const version = rows[0]!.version;
  if (!/mariadb/i.test(version) || compareVersions(version, minimumMariadbVersion) < 0) {
    throw new DatabaseRefused(`the database server is ${version}: MariaDB ${minimumMariadbVersion} or newer is needed`);
  }
}

/** One server migrates, others that start meanwhile wait for it. */
async function migrate(dataSource: DataSource): Promise<void> {
  const runner = dataSource.createQueryRunner();
  try {
    const locked = (await runner.query('SELECT GET_LOCK(?, ?) AS locked', [migrationLock, migrationLockTimeoutSeconds])) as {
      locked: number;
    }[];
    if (locked[0]?.locked !== 1)
      throw new DatabaseRefused('another server has been migrating this database for five minutes: look at its log');
    try {
      const applied = await appliedMigrations(dataSource);
      refuseNewerSchema(dataSource, applied);
      // A database made by hand may hold only Latin letters, and every table takes after it.
      if (applied.length === 0) await dataSource.query('ALTER DATABASE CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci');
      await dataSource.runMigrations();
    } finally {
      await runner.query('SELECT RELEASE_LOCK(?)', [migrationLock]);
    }
  } finally {
    await runner.release();
  }
}

async function appliedMigrations(dataSource: DataSource): Promise<string[]> {
  const tables = await dataSource.query<unknown[]>("SHOW TABLES LIKE 'schema_migration'");
  if (tables.length === 0) return [];
  const rows = await dataSource.query<{ name: string }[]>('SELECT name FROM schema_migration');
  return rows.map(({ name }) => name);
}

function refuseNewerSchema(dataSource: DataSource, applied: readonly string[]): void {
  const known = new Set(dataSource.migrations.map((migration) => migration.name ?? migration.constructor.name));
  const unknown = applied.filter((name) => !known.has(name));
  if (unknown.length > 0)
    throw new DatabaseRefused(`the database is newer than this code (it has ${unknown.join(', ')}): start the newer version`);
}
