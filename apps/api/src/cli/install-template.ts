// `./strata template install`: brings a template file to the server (from disk or the web) and has it put on a secondary storage.
import { randomUUID } from 'node:crypto';
import { mkdir, realpath, rm, stat, statfs } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { download } from './download.ts';
import { textIn, type Body } from './system-client.ts';
import { CommandLineError } from './command-line-error.ts';
import { readWords, type Installation } from './terms.ts';

const options = {
  secondary: { type: 'string' },
  name: { type: 'string' },
  'os-type': { type: 'string' },
  format: { type: 'string' },
  checksum: { type: 'string' },
  hypervisor: { type: 'string' },
  'max-gib': { type: 'string', default: '50' },
} as const;

const idleMs = 60_000;
/** What a download must leave free on the data folder's file system. */
const spareBytes = 1024 ** 3;

export async function installTemplate(words: string[], { client, folder }: Installation): Promise<number> {
  const { values, positionals } = readWords(words, options);
  const [source, ...more] = positionals;
  if (source === undefined || more.length > 0) throw new CommandLineError('template install takes one FILE or URL');
  const { secondary, name } = values;
  const osType = values['os-type'];
  if (!secondary || !name || !osType)
    throw new CommandLineError('template install needs --secondary nfs://SERVER/PATH, --name NAME and --os-type TYPE');
  const { count: namesakes = 0 } = await client.call('listTemplates', { templatefilter: 'all', name });
  if (Number(namesakes) > 0) console.log(`There is a template named ${name} already: who looks by name will find both`);

  const file = await fetchSource(source, join(folder, 'upload'), values['max-gib'], values.checksum);
  try {
    let shown = 0;
    const result = await client.run(
      'installTemplate',
      {
        path: file.path,
        name,
        ostype: osType,
        format: values.format ?? formatOf(source),
        secondary,
        checksum: values.checksum,
        hypervisor: values.hypervisor,
      },
      {
        onStart: () => console.log(`Installing ${name} on ${secondary}`),
        onWait: (seconds) => {
          if (seconds < shown + 5) return;
          shown = seconds;
          console.log(`    ${seconds} s`);
        },
      },
    );
    const template = (result['template'] ?? {}) as Body;
    console.log(`Installed: template ${textIn(template, 'name') ?? name}, id ${textIn(template, 'id') ?? 'unknown'}`);
    return 0;
  } finally {
    if (file.isTemporary) await rm(file.path, { force: true });
  }
}

/** The format that a file's name tells; without an ending it is taken for qcow2, and the server looks into the file anyway. */
export function formatOf(source: string): string {
  const ending = /\.(raw|img|iso|qcow2)(\?.*)?$/i.exec(source)?.[1]?.toLowerCase();
  return ending === 'raw' || ending === 'img' ? 'RAW' : ending === 'iso' ? 'ISO' : 'QCOW2';
}

async function fetchSource(
  source: string,
  uploads: string,
  maxGib: string,
  checksum: string | undefined,
): Promise<{ path: string; isTemporary: boolean }> {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(source)) {
    const path = resolve(source);
    const found = await stat(path).catch(() => undefined);
    if (!found?.isFile()) throw new CommandLineError(`there is no file ${path}`);
    // The server follows no links.
    return { path: await realpath(path), isTemporary: false };
  }
  const url = URL.parse(source);
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
    throw new CommandLineError(`only http and https addresses can be fetched, not ${source}`);
  const maxBytes = Number(maxGib) * 1024 ** 3;
  if (!(maxBytes > 0)) throw new CommandLineError(`--max-gib takes a number of GiB, not "${maxGib}"`);
  await mkdir(uploads, { recursive: true, mode: 0o700 });
  const { bavail, bsize } = await statfs(uploads);
  const room = bavail * bsize - spareBytes;
  if (room <= 0) throw new CommandLineError(`the file system of ${uploads} is full: a download needs room there`);

  const path = join(uploads, randomUUID());
  console.log(`Fetching ${url.href}`);
  try {
    let shownAt = Date.now();
    const { bytes, sha256 } = await download(url, path, { maxBytes: Math.min(maxBytes, room), idleMs }, (sofar, total) => {
      if (Date.now() < shownAt + 2_000) return;
      shownAt = Date.now();
      console.log(`    ${mib(sofar)} MiB${total ? ` of ${mib(total)}` : ''}`);
    });
    console.log(`    ${mib(bytes)} MiB, SHA-256 ${sha256}`);
    // A wrong one is said before anything is copied to the storage; other kinds of sums are the server's to compare.
    if (checksum && /^[0-9a-f]{64}$/i.test(checksum) && checksum.toLowerCase() !== sha256) {
      throw new CommandLineError(`the checksum is wrong: ${checksum} was expected, the file has ${sha256}`);
    }
    return { path, isTemporary: true };
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

const mib = (bytes: number): string => (bytes / 1024 ** 2).toFixed(1);
