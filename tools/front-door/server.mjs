// Starts and stops the management server of an installation in the background.
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runningMariadb, startMariadb } from '../mariadb.mjs';
import { endProcess, rememberProcess } from '../own-process.mjs';
import { buildFingerprint, Refusal, ROOT, urlFor } from './installation.mjs';
import { readable } from './log-lines.mjs';

const KEPT_LOGS = 5;
const START_TIMEOUT_MS = 180_000;
/** How long a database that is not ours to start may take to accept connections. */
const DATABASE_PATIENCE_MS = 5_000;

/**
 * The database of the installation, started when it does not run. With STRATA_DATABASE_URL it is somebody else's to start and stop, and
 * must be there.
 */
export async function ensureDatabase(place) {
  const url = process.env.STRATA_DATABASE_URL;
  if (url) {
    await requireReachable(url);
    return { url, wasStarted: false };
  }
  const running = existsSync(place.database) ? runningMariadb(place.database) : null;
  console.log(running ? `==> The database already runs (pid ${running.pid})` : '==> Starting the database');
  const server = await startMariadb({ dataDir: place.database, durable: true, detached: true }).catch((error) => {
    throw new Refusal(error.message);
  });
  return { url: server.url, wasStarted: !server.wasRunning, stop: server.stop };
}

/** `host:port/name`, by which a server's database is told from another. */
export function placeOfDatabase(url) {
  const { hostname, port, pathname } = new URL(url);
  return `${hostname}:${port || 3306}${pathname}`;
}

/** Waits a little for a database that is just starting, and refuses with what to do when nobody listens there. */
async function requireReachable(text) {
  const url = URL.parse(text);
  if (!url?.hostname) throw new Refusal('STRATA_DATABASE_URL is no address: write mysql://USER:PASSWORD@HOST:3306/cloud');
  const port = Number(url.port || 3306);
  const deadline = Date.now() + DATABASE_PATIENCE_MS;
  for (let isTold = false; ; isTold = true) {
    const failure = await connectFailure(url.hostname.replace(/^\[|\]$/g, ''), port);
    if (!failure) return;
    if (Date.now() > deadline)
      throw new Refusal(`the database at ${url.hostname}:${port} does not answer (${failure}): start it, or correct STRATA_DATABASE_URL`);
    if (!isTold) console.log(`==> Waiting for the database at ${url.hostname}:${port} (${failure})`);
    await sleep(500);
  }
}

/** Why nobody can be reached there, or undefined. */
function connectFailure(host, port) {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: DATABASE_PATIENCE_MS });
    const end = (failure) => {
      socket.destroy();
      resolve(failure);
    };
    socket.once('connect', () => end(undefined));
    socket.once('timeout', () => end('no answer'));
    socket.once('error', (error) => end(error.code ?? error.message));
  });
}

/** What the server reads from its environment. */
export function serverEnvironment(place, options, databaseUrl) {
  return {
    // Without the lab there is nothing to run machines on but simulated hosts; the lab's hosts emulate, this machine may not do better.
    STRATA_SIMULATOR: '1',
    ...(options.lab && { STRATA_EMULATION: '1' }),
    ...process.env,
    NODE_ENV: 'production',
    STRATA_DATABASE_URL: databaseUrl,
    STRATA_DATA: place.folder,
    STRATA_LISTEN: options.listen,
    STRATA_PORT: String(options.port),
  };
}

/** Starts the server and waits until it answers; refuses with the end of its log when it does not. */
export async function startServer(place, options, databaseUrl) {
  rotateLogs(place);
  const log = openSync(place.log, 'a', 0o600);
  const child = spawn(productNode(), ['--enable-source-maps', join(ROOT, 'apps/api/dist/main.js')], {
    cwd: ROOT,
    detached: true,
    stdio: ['ignore', log, log],
    env: serverEnvironment(place, options, databaseUrl),
  });
  closeSync(log);
  let ended = '';
  child.once('error', (error) => (ended = error.message));
  child.once('exit', (code, signal) => (ended = signal ? `ended by ${signal}` : `exit code ${code}`));
  const url = urlFor(options);
  if (child.pid) {
    const since = new Date().toISOString();
    rememberProcess(place.server, child.pid, { url, build: buildFingerprint(), since, database: placeOfDatabase(databaseUrl) });
  }

  const started = Date.now();
  for (let shown = 0; !ended; await sleep(150)) {
    if (await answers(url)) {
      child.unref();
      return { url, pid: child.pid };
    }
    const seconds = Math.floor((Date.now() - started) / 1000);
    if (seconds >= shown + 2) {
      shown = seconds;
      console.log(`    ${String(seconds).padStart(3)} s  ${lastLines(place, 1)[0] || 'no log line yet'}`);
    }
    if (Date.now() - started > START_TIMEOUT_MS) {
      await stopServer(place);
      ended = `no answer at ${url} within ${START_TIMEOUT_MS / 1000} s`;
    }
  }
  rmSync(place.server, { force: true });
  const lines = lastLines(place, 15);
  // Its last words say it all; what comes before may help all the same.
  const reason = lines.findLast((line) => line.startsWith('strata: '))?.slice('strata: '.length);
  const end = lines.map((line) => `    ${line}`).join('\n');
  throw new Refusal(`the management server did not start (${ended})${reason ? `: ${reason}` : ''}\nThe end of ${place.log}:\n${end}`);
}

/** Asks the server to end and waits; one that hangs is killed, its jobs resume at the next start. */
export async function stopServer(place, timeoutMs = 30_000) {
  if (await endProcess(place.server, { timeoutMs })) return;
  console.log(`    the management server does not end within ${timeoutMs / 1000} s: killing it (its jobs resume at the next start)`);
  await endProcess(place.server, { signal: 'SIGKILL', timeoutMs: 10_000 });
}

/** The Node that runs the product: the locked one where it is installed. */
export function productNode() {
  const locked = join(ROOT, 'node_modules/.bin/node');
  return existsSync(locked) ? locked : process.execPath;
}

/** The newest lines of the server's log, made readable. */
export function lastLines(place, count) {
  if (!existsSync(place.log)) return [];
  return readFileSync(place.log, 'utf8').trimEnd().split('\n').slice(-count).map(readable);
}

/** Any reply of the API counts, also that credentials are missing. */
async function answers(url) {
  try {
    const reply = await fetch(`${url}/client/api?command=listCapabilities&response=json`, { signal: AbortSignal.timeout(5_000) });
    await reply.arrayBuffer();
    return reply.status < 500;
  } catch {
    return false;
  }
}

/** Refuses, with what to do, when the server could not listen there. */
export function requireFreePort({ listen, port }) {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error) => {
      const reason =
        error.code === 'EADDRINUSE'
          ? `port ${port} on ${listen} is already in use by another program: choose another with --port`
          : error.code === 'EADDRNOTAVAIL'
            ? `this machine has no address ${listen}: choose another with --listen`
            : `cannot listen on ${listen} port ${port}: ${error.message}`;
      reject(new Refusal(reason));
    });
    probe.listen({ port, host: listen, exclusive: true }, () => probe.close(resolve));
  });
}

/** server.log becomes server.log.1 and so on; the oldest goes. */
function rotateLogs(place) {
  const name = (age) => (age === 0 ? place.log : `${place.log}.${age}`);
  for (let age = KEPT_LOGS - 1; age >= 0; age -= 1) {
    if (existsSync(name(age))) renameSync(name(age), name(age + 1));
  }
}
