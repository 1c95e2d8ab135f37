// Migrations: an empty database becomes what the entities say, and running them again changes nothing.
import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { migrations } from '@strata/migrations';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { areas } from '../src/app.module.ts';
import { createDataSource } from '../src/kernel/db/data-source.ts';
import { openDatabase } from '../src/kernel/db/open-database.ts';
import { createLog } from '../src/kernel/log/log.ts';

const entities = areas.flatMap((area) => area.entities) as (new () => object)[];
const log = createLog('silent');
const name = `cloud_migrate_${randomUUID().slice(0, 8)}`;
const place = new URL(inject('databaseUrl'));

let owner: DataSource;
beforeAll(async () => {
  owner = await createDataSource({ url: place.href, entities: [], poolSize: 1 }).initialize();
  // As a database made by hand may be.
  await owner.query(`CREATE DATABASE ${name} CHARACTER SET latin1`);
  place.pathname = `/${name}`;
});
afterAll(async () => {
  await owner.query(`DROP DATABASE ${name}`);
  await owner.destroy();
});

const open = () => openDatabase({ url: place.href, entities, log, patienceMs: 5_000 });

/** Definition and rows of every table. */
async function contents(database: DataSource): Promise<Record<string, unknown>> {
  const tables = (await database.query<Record<string, string>[]>('SHOW TABLES')).map((row) => Object.values(row)[0]!);
  const all: Record<string, unknown> = {};
  for (const table of tables) {
    const [definition] = await database.query<Record<string, string>[]>(`SHOW CREATE TABLE \`${table}\``);
    all[table] = { definition: definition!['Create Table'], rows: await database.query(`SELECT * FROM \`${table}\` ORDER BY 1, 2`) };
  }
  return all;
}

it('two servers that start at once on an empty database migrate it once, to what the entities say', async () => {
  const [database, other] = await Promise.all([open(), open()]);
  const { upQueries } = await database.driver.createSchemaBuilder().log();
  expect(upQueries.map(({ query }) => query)).toEqual([]);
  expect(await database.query('SELECT COUNT(*) AS count FROM schema_migration')).toEqual([{ count: migrations.length }]);
  const narrow = await database.query<{ name: string }[]>(
    "SELECT DISTINCT CHARACTER_SET_NAME AS name FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND CHARACTER_SET_NAME NOT IN ('ascii', 'utf8mb4')",
  );
  expect(narrow).toEqual([]);
  // The comparison sees a column that an entity does not know.
  await database.query('ALTER TABLE zone ADD COLUMN surplus INT NULL');
  expect((await database.driver.createSchemaBuilder().log()).upQueries).toHaveLength(1);
  await database.query('ALTER TABLE zone DROP COLUMN surplus');
  await database.destroy();
  await other.destroy();
});

it('a second start changes nothing', async () => {
  const database = await open();
  const before = await contents(database);
  expect(Object.keys(before).length).toBeGreaterThan(entities.length - 1);
  await database.destroy();
  const again = await open();
  expect(await contents(again)).toEqual(before);
  await again.destroy();
});

it('each migration can be repeated, as after a crash before it was noted', async () => {
  const database = await open();
  const { schema_migration: _noted, ...before } = await contents(database);
  await database.query('DELETE FROM schema_migration');
  await database.destroy();
  const again = await open();
  const { schema_migration: _notedAgain, ...after } = await contents(again);
  expect(after).toEqual(before);
  await again.destroy();
});

it('a schema newer than the code is refused and left alone', async () => {
  const database = await open();
  await database.query("INSERT INTO schema_migration (timestamp, name) VALUES (9999999999999, 'FromTheFuture9999999999999')");
  await expect(open()).rejects.toThrow('the database is newer than this code (it has FromTheFuture9999999999999): start the newer version');
  await database.query("DELETE FROM schema_migration WHERE name = 'FromTheFuture9999999999999'");
  await database.destroy();
});

it('every migration file is listed, oldest first, under the name that its file says', () => {
  const files = readdirSync(new URL('../../../migrations', import.meta.url))
    .filter((file) => /^\d+-/.test(file))
    .sort();
  const fileNames = files.map((file) => {
    const [, timestamp, words] = /^(\d{13})-(.+)\.ts$/.exec(file) ?? [];
    return `${words!
      .split('-')
      .map((word) => word[0]!.toUpperCase() + word.slice(1))
      .join('')}${timestamp}`;
  });
  expect(migrations.map((migration) => migration.name)).toEqual(fileNames);
});
