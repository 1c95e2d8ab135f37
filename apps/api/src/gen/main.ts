// Writes the generated documentation, or with --check says what is stale: `npm run gen`.
import 'reflect-metadata';
import { join } from 'node:path';
import { areas } from '../app.module.ts';
import { apiPages } from './api-pages.ts';
import { cliPages } from './cli-page.ts';
import { staleFiles, writeFiles } from './generated-files.ts';

const docs = join(import.meta.dirname, '../../../../docs');
const files = new Map([...apiPages(areas), ...cliPages(areas)]);
const stale = staleFiles(docs, files);

if (!process.argv.includes('--check')) {
  writeFiles(docs, files);
  process.stdout.write(`${files.size} generated files, ${stale.length} of them changed\n`);
} else if (stale.length > 0) {
  process.stderr.write(`${stale.map((path) => `docs/${path} is stale`).join('\n')}\nrun: npm run gen\n`);
  process.exitCode = 1;
}
