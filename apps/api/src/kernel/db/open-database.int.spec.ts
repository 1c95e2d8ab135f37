// A start that cannot work is refused with one line that says what to mend.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startThrowawayMariadb } from '../../../../../tools/mariadb.mjs';
import { createLog } from '../log/log.ts';
import { createDataSource } from './data-source.ts';
import { DatabaseRefused, openDatabase } from './open-database.ts';

let database: Awaited<ReturnType<typeof startThrowawayMariadb>>;

beforeAll(async () => {
  database = await startThrowawayMariadb();
});
afterAll(async () => database.stop());

const open = (url: string, patienceMs = 500) => openDatabase({ url, entities: [], log: createLog('silent'), patienceMs });

async function refusal(url: string): Promise<string> {
  try {
    const dataSource = await open(url);
    await dataSource.destroy();
  } catch (error) {
    expect(error).toBeInstanceOf(DatabaseRefused);
    return (error as Error).message;
  }
  throw new Error('the start was not refused');
}

const changed = (change: (url: URL) => void): string => {
  const url = new URL(database.url);
  change(url);
  return url.href;
};

it('unreachable, after some patience', async () => {
  const started = performance.now();
  const text = await refusal(changed((url) => (url.port = '1')));
  expect(text).toMatch(/127\.0\.0\.1:1\/cloud can't be reached: .*ECONNREFUSED.*start it or correct STRATA_DATABASE_URL/);
  expect(performance.now() - started).toBeGreaterThan(200);
});

it('wrong password', async () => {
  expect(await refusal(changed((url) => (url.password = 'wrong')))).toMatch(/refuses user strata: Access denied/);
});

it('no such database', async () => {
  await database.sql("CREATE USER reader@'127.0.0.1' IDENTIFIED BY 'r'; GRANT SELECT ON *.* TO reader@'127.0.0.1'");
  const text = await refusal(changed((url) => Object.assign(url, { username: 'reader', password: 'r', pathname: '/nowhere' })));
  expect(text).toMatch(/nowhere refuses user reader: Unknown database 'nowhere'/);
});

it('rights that do not suffice', async () => {
  await database.sql("CREATE USER guest@'127.0.0.1' IDENTIFIED BY 'g'; GRANT SELECT ON cloud.* TO guest@'127.0.0.1'");
  const text = await refusal(changed((url) => Object.assign(url, { username: 'guest', password: 'g' })));
  expect(text).toMatch(/the database user lacks rights: .*denied.*grant ALL on the database to it/);
});

it('a schema of a newer version', async () => {
  const first = await open(database.url);
  await first.query("INSERT INTO schema_migration (timestamp, name) VALUES (2763600000000, 'FromTheFuture2763600000000')");
  await first.destroy();
  expect(await refusal(database.url)).toMatch(/newer than this code \(it has FromTheFuture2763600000000\): start the newer version/);
  const admin = await createDataSource({ url: database.url, entities: [] }).initialize();
  await admin.query("DELETE FROM schema_migration WHERE name = 'FromTheFuture2763600000000'");
  await admin.destroy();
});

it('several servers starting at once migrate once', async () => {
  await database.sql('CREATE DATABASE cloud_race');
  const url = changed((place) => (place.pathname = '/cloud_race'));
  const started = await Promise.all([open(url, 20_000), open(url, 20_000), open(url, 20_000)]);
  const [counts] = await started[0].query<{ rows: number; names: number }[]>(
    'SELECT COUNT(*) AS `rows`, COUNT(DISTINCT name) AS names FROM schema_migration',
  );
  expect(counts!.rows).toBeGreaterThan(0);
  expect(counts!.names).toBe(counts!.rows);
  for (const dataSource of started) await dataSource.destroy();
});
