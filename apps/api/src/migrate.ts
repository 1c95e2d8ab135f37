// Brings the database to this version's schema and ends: `npm run migrate`.
import 'reflect-metadata';
import { areas } from './app.module.ts';
import { readConfig } from './config.ts';
import { openDatabase } from './kernel/db/open-database.ts';
import { createLog } from './kernel/log/log.ts';

const patienceMs = 10_000;

try {
  const config = readConfig(process.env);
  const entities = areas.flatMap((area) => area.entities) as (new () => object)[];
  const dataSource = await openDatabase({ url: config.databaseUrl, entities, log: createLog(config.logLevel), patienceMs });
  await dataSource.destroy();
  console.log('The database is up to date.');
} catch (error) {
  console.error(`strata: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
