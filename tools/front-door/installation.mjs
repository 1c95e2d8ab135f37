// One installation: its data folder, what it was told (port, address, lab) and the processes that belong to it.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { isPassable } from '../mariadb.mjs';
import { rememberProcess, runningProcess } from '../own-process.mjs';

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** Ends the program with one line that says what to do. */
export class Refusal extends Error {}

/** Runs a program of the front door; a refusal is printed as its message alone. */
export async function main(program) {
  try {
    process.exitCode = (await program()) ?? 0;
  } catch (error) {
    console.error(error instanceof Refusal ? `strata: ${error.message}` : error);
    process.exitCode = 1;
  }
}

/** Options of this command and `--data`, with anything unknown refused. */
export function readOptions(options = {}) {
  try {
    const { values, positionals } = parseArgs({ options: { data: { type: 'string' }, ...options }, allowPositionals: false });
    return { ...values, positionals };
  } catch (error) {
    throw new Refusal(`${error.message.split('. To specify')[0]} (./strata help shows the options)`);
  }
}

/** Where everything of an installation lies. `--data` is relative to where the user stands, the default to the checkout. */
export function installationAt(data) {
  const folder = data === undefined ? join(ROOT, 'var') : resolve(process.env.STRATA_INVOKED_FROM ?? process.cwd(), data);
  const place = {
    folder,
    database: join(folder, 'mariadb'),
    run: join(folder, 'run'),
    socket: join(folder, 'run', 'strata.sock'),
    server: join(folder, 'run', 'server.json'),
    logs: join(folder, 'log'),
    log: join(folder, 'log', 'server.log'),
    options: join(folder, 'options.json'),
  };
  if (Buffer.byteLength(place.socket) > 107)
    throw new Refusal(`the data folder ${folder} has too long a path for a Unix socket: choose a shorter one with --data`);
  return place;
}

/** What commands about this installation must say in addition: nothing for the default folder. */
export const dataOption = (place) => (place.folder === join(ROOT, 'var') ? '' : ` --data ${place.folder}`);

/** Makes the folders of an installation, private to its owner but passable for the database's account. */
export async function prepareInstallation(place) {
  mkdirSync(place.folder, { recursive: true, mode: 0o711 });
  for (const folder of [place.run, place.logs]) mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (!existsSync(place.database) && process.env.STRATA_DATABASE_URL === undefined) await placeDatabase(place);
}

/** Runs `program` while no other command changes this installation. */
export async function alone(place, program) {
  const lock = join(place.run, 'command.json');
  const other = runningProcess(lock);
  if (other) throw new Refusal(`another ./strata command (pid ${other.pid}) works on ${place.folder}: wait for it to end`);
  rememberProcess(lock, process.pid);
  try {
    return await program();
  } finally {
    rmSync(lock, { force: true });
  }
}

/**
 * The database runs under an account of its own, which cannot pass folders such as /root. Then its files go under /var/lib/strata and the
 * data folder keeps a link to them.
 */
async function placeDatabase(place) {
  if (await isPassable(realpathSync(place.folder))) return;
  mkdirSync('/var/lib/strata', { recursive: true, mode: 0o711 });
  const folder = mkdtempSync('/var/lib/strata/mariadb-');
  symlinkSync(folder, place.database);
  console.log(`    the database's files go to ${folder}: the account mysql cannot pass the folders above ${place.folder}`);
}

/** What the installation was told at its last start, `{ port, listen, lab }`, and whether the first password is known to be gone. */
export function rememberedOptions(place) {
  const defaults = { port: 8080, listen: '127.0.0.1', lab: false };
  return existsSync(place.options) ? { ...defaults, ...JSON.parse(readFileSync(place.options, 'utf8')) } : defaults;
}

export function rememberOptions(place, options) {
  writeFileSync(place.options, `${JSON.stringify(options)}\n`, { mode: 0o600 });
}

/** The running management server `{ pid, url, build, since, database }`, or null. */
export const runningServer = (place) => runningProcess(place.server);

export function urlFor({ listen, port }) {
  const reachable = listen === '0.0.0.0' ? '127.0.0.1' : listen === '::' ? '::1' : listen;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

/** A fingerprint of what was built, to see that a running server is not of this build. */
export function buildFingerprint() {
  const hash = createHash('sha256');
  for (const part of ['libs/domain', 'libs/hypervisor', 'migrations', 'apps/api']) {
    const dist = join(ROOT, part, 'dist');
    if (!existsSync(dist)) continue;
    for (const name of readdirSync(dist, { recursive: true, encoding: 'utf8' }).sort()) {
      if (name.endsWith('.js')) hash.update(name).update(readFileSync(join(dist, name)));
    }
  }
  return hash.digest('hex');
}

export const version = () => JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).version;
