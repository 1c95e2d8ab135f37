// Starts and stops a private MariaDB server: the embedded database of `./strata up` and the throwaway one of tests, dev and bench.
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { endProcess, rememberProcess, runningProcess } from './own-process.mjs';

const run = promisify(execFile);

const THROWAWAY_PREFIX = 'strata-db-';
const APP_USER = 'strata';
const START_TIMEOUT_MS = 90_000;
/** sun_path holds 108 bytes with its end (unix(7)). */
const LONGEST_SOCKET_PATH = 107;
const SBIN = '/usr/local/sbin:/usr/sbin:/sbin';

/** Never lose a commit that was acknowledged; a week of binary logs lets a backup be restored to any moment. */
const DURABLE = [
  '--innodb-flush-log-at-trx-commit=1',
  '--innodb-doublewrite=1',
  '--innodb-buffer-pool-size=256M',
  '--server-id=1',
  '--log-bin=binlog',
  '--binlog-format=ROW',
  '--sync-binlog=1',
  '--expire-logs-days=7',
];
/** Small and fast; its files are thrown away at the end. */
const THROWAWAY = [
  '--skip-log-bin',
  '--innodb-flush-log-at-trx-commit=0',
  '--innodb-log-file-size=16M',
  '--innodb-buffer-pool-size=96M',
  '--skip-innodb-doublewrite',
  '--sync-frm=0',
];

/**
 * Starts a MariaDB server of our own, or finds the one that already runs in `dataDir`. Its administrator is whoever started it, through
 * the socket only; the application logs in over loopback as `strata`, with rights on `cloud` and on every `cloud_…` database.
 *
 * @param {object} options
 * @param {string} options.dataDir    folder of this server alone; made when missing. Its parents must be passable for `user`.
 * @param {boolean} options.durable   true: every commit is on disk. false: fast, for data that is thrown away.
 * @param {string} [options.user]     the unprivileged account it runs under when started by root (default `mysql`)
 * @param {number} [options.port]     loopback port (default: the last one if it is free, else any free one)
 * @param {boolean} [options.detached]  true: outlives its starter. false: ends with it, also when that is killed.
 * @returns {Promise<{ url: string, urlOf(database: string): string, socket: string, port: number, pid: number, wasRunning: boolean,
 *   sql(statements: string): Promise<string>, stop(): Promise<void> }>}
 */
export async function startMariadb({ dataDir, durable, user = 'mysql', port, detached = false }) {
  const place = prepareFolders(dataDir, user);
  const running = runningProcess(place.state);
  if (running) return handle(place, running.pid, running.port, durable, true);

  const asUser = await accountOf(user);
  if (!existsSync(join(place.data, 'mysql'))) await install(place, asUser);

  for (let attempt = 1; ; attempt += 1) {
    const chosen = port ?? (await freePort(attempt === 1 ? lastPort(place) : 0));
    const outcome = await launch(place, asUser, chosen, { durable, detached });
    if (outcome.pid) {
      rememberProcess(place.state, outcome.pid, { port: chosen });
      writeFileSync(place.portFile, `${chosen}\n`);
      await grantApplication(place);
      return handle(place, outcome.pid, chosen, durable, false);
    }
    const portWasTaken = outcome.log.includes('Address already in use');
    if (!portWasTaken || port !== undefined || attempt === 3) {
      throw new Error(`MariaDB did not start in ${place.root}: ${outcome.reason}. The end of ${place.log}:\n${tail(outcome.log, 15)}`);
    }
  }
}

/**
 * A server in memory (a temporary folder where memory is short), ended and erased by `stop()`. It also ends with the thread that started it
 * (prctl(2), PR_SET_PDEATHSIG), so start it from a main thread; the files that a killed starter left are erased by the next call.
 */
export async function startThrowawayMariadb() {
  const parent = roomyTemporaryFolder();
  eraseAbandoned(parent);
  const dataDir = mkdtempSync(join(parent, THROWAWAY_PREFIX));
  try {
    const server = await startMariadb({ dataDir, durable: false });
    return {
      ...server,
      stop: async () => {
        await server.stop();
        rmSync(dataDir, { recursive: true, force: true });
      },
    };
  } catch (error) {
    rmSync(dataDir, { recursive: true, force: true });
    throw error;
  }
}

/** The server running in `dataDir`, or null. */
export function runningMariadb(dataDir) {
  if (!existsSync(dataDir)) return null;
  const place = placeOf(realpathSync(dataDir));
  const running = runningProcess(place.state);
  return running && handle(place, running.pid, running.port, true, true);
}

/** Whether the account that MariaDB runs under can reach a folder below `folder`: every parent must be passable for it. */
export async function isPassable(folder, user = 'mysql') {
  if (process.getuid() !== 0) return true;
  const asUser = await accountOf(user);
  return run(asUser[0], [...asUser.slice(1), 'test', '-x', folder]).then(
    () => true,
    () => false,
  );
}

/** A port nobody listens on at loopback; `wanted` if it is free. */
export function freePort(wanted = 0) {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error) => (wanted !== 0 ? resolve(freePort(0)) : reject(error)));
    probe.listen({ port: wanted, host: '127.0.0.1', exclusive: true }, () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

function placeOf(root) {
  return {
    root,
    data: join(root, 'data'),
    run: join(root, 'run'),
    socket: join(root, 'run', 'mariadb.sock'),
    log: join(root, 'mariadb.log'),
    state: join(root, 'process.json'),
    portFile: join(root, 'port'),
    password: join(root, 'password'),
  };
}

function prepareFolders(dataDir, user) {
  mkdirSync(dataDir, { recursive: true });
  const place = placeOf(realpathSync(dataDir));
  if (Buffer.byteLength(place.socket) > LONGEST_SOCKET_PATH) {
    throw new Error(
      `The folder ${place.root} has too long a path for a Unix socket (${place.socket} exceeds ${LONGEST_SOCKET_PATH} bytes): choose a shorter one`,
    );
  }
  chmodSync(place.root, 0o711);
  for (const folder of [place.data, place.run]) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (process.getuid() === 0) giveTo(folder, user);
  }
  if (!existsSync(place.password)) writeFileSync(place.password, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
  return place;
}

function giveTo(folder, user) {
  const entry = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .find(([name]) => name === user);
  if (!entry) throw new Error(`There is no account "${user}" to run MariaDB under: install the package mariadb-server, which makes it`);
  chownSync(folder, Number(entry[2]), Number(entry[3]));
}

/** The words that put a command under the unprivileged account; none when we are unprivileged ourselves. */
async function accountOf(user) {
  return process.getuid() === 0 ? ['setpriv', `--reuid=${user}`, `--regid=${user}`, '--clear-groups', '--'] : ['env', '--'];
}

const environment = () => ({ ...process.env, PATH: `${process.env.PATH ?? '/usr/bin:/bin'}:${SBIN}`, LC_ALL: 'C' });

async function install(place, asUser) {
  const words = [
    ...asUser,
    'mariadb-install-db',
    '--no-defaults',
    `--datadir=${place.data}`,
    '--auth-root-authentication-method=socket',
    `--auth-root-socket-user=${userInfo().username}`,
    '--skip-test-db',
    '--skip-name-resolve',
  ];
  try {
    await run(words[0], words.slice(1), { env: environment(), cwd: '/' });
  } catch (error) {
    rmSync(place.data, { recursive: true, force: true });
    if (/mariadb-install-db.*(No such file|not found)/s.test(`${error.stderr}`)) {
      throw new Error('MariaDB is not installed: apt-get install mariadb-server mariadb-client', { cause: error });
    }
    throw new Error(`MariaDB could not set up its system tables in ${place.data}: ${tail(`${error.stdout}\n${error.stderr}`, 8)}`, {
      cause: error,
    });
  }
}

/** Starts mariadbd and waits until it answers; without a pid in the result it did not. */
async function launch(place, asUser, port, { durable, detached }) {
  const log = openSync(place.log, 'w', 0o600);
  const endsWithUs = detached ? [] : ['setpriv', '--pdeathsig', 'TERM', '--'];
  const words = [
    ...asUser,
    ...endsWithUs,
    'mariadbd',
    '--no-defaults',
    `--datadir=${place.data}`,
    `--socket=${place.socket}`,
    `--pid-file=${join(place.run, 'mariadbd.pid')}`,
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    '--skip-name-resolve',
    '--default-time-zone=+00:00',
    '--character-set-server=utf8mb4',
    '--collation-server=utf8mb4_unicode_520_ci',
    '--transaction-isolation=READ-COMMITTED',
    '--sql-mode=STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION',
    '--max-connections=350',
    '--innodb-rollback-on-timeout=1',
    '--max-allowed-packet=64M',
    ...(durable ? DURABLE : THROWAWAY),
  ];
  const child = spawn(words[0], words.slice(1), { stdio: ['ignore', log, log], detached, env: environment(), cwd: '/' });
  closeSync(log);
  let reason = '';
  child.once('error', (error) => (reason = error.message));
  child.once('exit', (code, signal) => (reason = `it ended at once (${signal ?? `code ${code}`})`));

  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!reason && Date.now() < deadline) {
    if (existsSync(place.socket) && (await answers(place, child.pid))) {
      child.unref();
      return { pid: child.pid };
    }
    await sleep(40);
  }
  if (!reason) {
    reason = `no answer within ${START_TIMEOUT_MS / 1000} s`;
    child.kill('SIGKILL');
  }
  return { reason, log: readFileSync(place.log, 'utf8') };
}

/** True once the server behind the socket is the one just started (a socket file may be left from an earlier one). */
async function answers(place, pid) {
  try {
    const answer = await adminSql(place, 'SELECT @@pid_file');
    return answer.includes('mariadbd.pid') && Number(readFileSync(join(place.run, 'mariadbd.pid'), 'utf8')) === pid;
  } catch {
    return false;
  }
}

/** Runs statements as the administrator, through the socket; gives back the rows as tab-separated lines. */
function adminSql(place, statements) {
  return new Promise((resolve, reject) => {
    const client = execFile(
      'mariadb',
      [
        '--no-defaults',
        `--socket=${place.socket}`,
        `--user=${userInfo().username}`,
        '--batch',
        '--skip-column-names',
        '--default-character-set=utf8mb4',
      ],
      { env: environment(), maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => (error ? reject(new Error(`MariaDB refused: ${stderr.trim() || error.message}`)) : resolve(stdout)),
    );
    client.stdin.on('error', () => {});
    client.stdin.end(`${statements}\n`);
  });
}

async function grantApplication(place) {
  const password = passwordOf(place);
  await adminSql(
    place,
    `DELETE FROM mysql.global_priv WHERE User = '' OR (User = 'root' AND Host <> 'localhost');
     FLUSH PRIVILEGES;
     CREATE USER IF NOT EXISTS '${APP_USER}'@'127.0.0.1' IDENTIFIED BY '${password}';
     ALTER USER '${APP_USER}'@'127.0.0.1' IDENTIFIED BY '${password}';
     GRANT ALL ON \`cloud\`.* TO '${APP_USER}'@'127.0.0.1';
     GRANT ALL ON \`cloud\\_%\`.* TO '${APP_USER}'@'127.0.0.1';
     CREATE DATABASE IF NOT EXISTS \`cloud\`;
     CREATE DATABASE IF NOT EXISTS \`cloud_usage\`;`,
  );
}

const passwordOf = (place) => readFileSync(place.password, 'utf8').trim();

function handle(place, pid, port, durable, wasRunning) {
  const urlOf = (database) => `mysql://${APP_USER}:${passwordOf(place)}@127.0.0.1:${port}/${database}`;
  return {
    url: urlOf('cloud'),
    urlOf,
    socket: place.socket,
    port,
    pid,
    wasRunning,
    sql: (statements) => adminSql(place, statements),
    stop: async () => {
      // A durable server is given its time to close its files; what is thrown away anyway need not be closed.
      const gone = await endProcess(place.state, durable ? { timeoutMs: 120_000 } : { signal: 'SIGKILL', timeoutMs: 10_000 });
      if (!gone) throw new Error(`MariaDB (pid ${pid}) does not end: see ${place.log}`);
    },
  };
}

function lastPort(place) {
  const port = existsSync(place.portFile) ? Number(readFileSync(place.portFile, 'utf8')) : 0;
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : 0;
}

/** Erases throwaway servers' folders older than ten minutes whose server is gone. */
function eraseAbandoned(parent) {
  for (const name of readdirSync(parent)) {
    if (!name.startsWith(THROWAWAY_PREFIX)) continue;
    const folder = join(parent, name);
    const age = Date.now() - (statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > 600_000 && !runningProcess(placeOf(folder).state)) rmSync(folder, { recursive: true, force: true });
  }
}

function roomyTemporaryFolder() {
  try {
    const { bavail, bsize } = statfsSync('/dev/shm');
    if (bavail * bsize > 1024 ** 3) return '/dev/shm';
  } catch {
    // no memory file system here
  }
  return tmpdir();
}

const tail = (text, lines) => text.trim().split('\n').slice(-lines).join('\n');
