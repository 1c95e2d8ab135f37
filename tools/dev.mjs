// `npm run dev`: a database, the compiler on watch and the management server on the simulator; restarts at each save, ends all at Ctrl-C.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join, resolve as absolute } from 'node:path';
import { startMariadb } from './mariadb.mjs';

const ROOT = absolute(import.meta.dirname, '..');
const DATA = absolute(process.env.STRATA_DATA ?? join(ROOT, 'var/dev'));

/** A change of code or of the schema must not cost what was set up, so the database stays between runs. */
mkdirSync(join(DATA, 'run'), { recursive: true });
const database = await startMariadb({ dataDir: join(DATA, 'mariadb'), durable: true });
const build = spawnSync('tsc', ['-b'], { cwd: ROOT, stdio: 'inherit' });
if (build.status !== 0) console.log('dev: the build has errors; the server starts with what was built before');

const children = [
  spawn('tsc', ['-b', '--watch', '--preserveWatchOutput'], { cwd: ROOT, stdio: 'inherit' }),
  spawn(process.execPath, ['--watch', '--watch-preserve-output', '--enable-source-maps', 'apps/api/dist/main.js'], {
    cwd: ROOT,
    stdio: 'inherit',
    env: {
      STRATA_LISTEN: '127.0.0.1',
      STRATA_PORT: '8080',
      STRATA_SIMULATOR: '1',
      STRATA_EMULATION: '1',
      ...process.env,
      STRATA_DATA: DATA,
      STRATA_DATABASE_URL: database.url,
    },
  }),
];

function gone(child) {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => child.once('exit', resolve));
}

let ending = false;
async function end() {
  if (ending) return;
  ending = true;
  for (const child of children) child.kill('SIGTERM');
  await Promise.all(children.map(gone));
  await database.stop();
  process.exit(0);
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, end);
// Neither is of use without the other.
for (const child of children) child.once('exit', end);
