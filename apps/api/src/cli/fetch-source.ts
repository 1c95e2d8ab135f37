// Brings the file that a user named, on this machine or on the web, to where the server can read it.
import { randomUUID } from 'node:crypto';
import { mkdir, realpath, rm, stat, statfs } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { CommandLineError } from './command-line-error.ts';
import { download } from './download.ts';

const idleMs = 60_000;
/** What a download must leave free on the data folder's file system. */
const spareBytes = 1024 ** 3;

/** @param uploads the folder for downloads @param checksum a SHA-256 sum is compared at once, other kinds are the server's to compare */
export async function fetchSource(
  source: string,
  uploads: string,
  maxGib: string,
  checksum: string | undefined,
): Promise<{ readonly path: string; readonly isTemporary: boolean }> {
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
  const room = await roomIn(uploads);

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

/** How many bytes may be written there. @throws CommandLineError when that is none */
export async function roomIn(uploads: string): Promise<number> {
  const { bavail, bsize } = await statfs(uploads);
  const room = bavail * bsize - spareBytes;
  if (room <= 0) throw new CommandLineError(`the file system of ${uploads} is full: a download needs room there`);
  return room;
}

export const mib = (bytes: number): string => (bytes / 1024 ** 2).toFixed(1);
