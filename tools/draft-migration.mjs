// Prints the SQL that the entities of the given compiled files still miss in a database, to start a migration from.
// node_modules/.bin/node tools/draft-migration.mjs <mysql url> apps/api/dist/areas/zone/zone.entity.js …
import { pathToFileURL } from 'node:url';
import { resolve } from 'node:path';

const [url, ...files] = process.argv.slice(2);
if (!url || files.length === 0) {
  console.error('usage: draft-migration.mjs <mysql url> <compiled entity file>…');
  process.exit(2);
}

const { createDataSource } = await import(pathToFileURL(resolve('apps/api/dist/kernel/db/data-source.js')).href);
const modules = await Promise.all(files.map((file) => import(pathToFileURL(resolve(file)).href)));
const entities = modules.flatMap((module) => Object.values(module)).filter((value) => typeof value === 'function' && value.prototype);
const dataSource = await createDataSource({ url, entities }).initialize();
try {
  const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
  for (const { query } of upQueries) console.log(`${query};`);
} finally {
  await dataSource.destroy();
}
