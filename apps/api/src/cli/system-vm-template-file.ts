// The system VM template that is to be installed: the one built here, or a file or URL, unpacked where it is compressed.
import { spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { assertTemplateImage, parseQcow2Header, qcow2HeaderBytes } from '@strata/domain';
import { findBuiltSystemTemplate } from '../built-system-template.ts';
import { systemVmImageFolder } from '../config.ts';
import { CommandLineError } from './command-line-error.ts';
import { fetchSource, mib, roomIn } from './fetch-source.ts';
import type { Installation } from './terms.ts';

export interface SystemVmTemplateFile {
  readonly path: string;
  readonly version: string;
  /** Hex. */
  readonly sha256: string;
  readonly sizeBytes: number;
  /** Removes what was fetched or unpacked for it. */
  dispose(): Promise<void>;
}

/** More than any system VM template, packed or not. */
const maxGib = '8';
const caps = { maxFileBytes: 8 * 1024 ** 3, maxVirtualBytes: 64 * 1024 ** 3 };

/** Without a source it is the one that was built here. @throws CommandLineError, Problem */
export async function systemVmTemplateFile(
  source: string | undefined,
  { folder, dataOption }: Pick<Installation, 'folder' | 'dataOption'>,
): Promise<SystemVmTemplateFile> {
  if (source === undefined) return builtHere(folder, dataOption);
  const uploads = join(folder, 'upload');
  const temporary: string[] = [];
  const dispose = async (): Promise<void> => {
    for (const path of temporary) await rm(path, { force: true });
  };
  try {
    const fetched = await fetchSource(source, uploads, maxGib, undefined);
    if (fetched.isTemporary) temporary.push(fetched.path);
    const packing = await packingOf(fetched.path);
    let path = fetched.path;
    if (packing) {
      await mkdir(uploads, { recursive: true, mode: 0o700 });
      temporary.push((path = join(uploads, randomUUID())));
      console.log(`Unpacking ${basename(source)}`);
      await unpack(fetched.path, path, packing, Math.min(await roomIn(uploads), caps.maxFileBytes));
    }
    const sizeBytes = await judge(path);
    const sha256 = await sha256Of(path);
    return { path, version: versionIn(source) ?? `custom-${sha256.slice(0, 10)}`, sha256, sizeBytes, dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

async function builtHere(folder: string, dataOption: string): Promise<SystemVmTemplateFile> {
  const built = await findBuiltSystemTemplate({ systemVmImageFolder: systemVmImageFolder(process.env, folder) });
  if (!built)
    throw new CommandLineError(`no system VM template is built: run ./strata systemvm build${dataOption} first, or name a FILE or URL`);
  return { ...built, dispose: async () => {} };
}

/** As ./strata systemvm build names its files. */
export function versionIn(source: string): string | undefined {
  return /(?:^|\/)strata-systemvm-([A-Za-z0-9][A-Za-z0-9.+~-]{0,63}?)\.qcow2(?:\.(?:gz|bz2))?(?:\?.*)?$/.exec(source)?.[1];
}

type Packing = 'gzip' | 'bzip2';

/** Its size. @throws Problem when it is no qcow2 image that a machine could be made from */
async function judge(path: string): Promise<number> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const { buffer, bytesRead } = await file.read(Buffer.alloc(qcow2HeaderBytes), 0, qcow2HeaderBytes, 0);
    assertTemplateImage(parseQcow2Header(buffer.subarray(0, bytesRead)), size, caps);
    return size;
  } finally {
    await file.close();
  }
}

/** By what the file begins with: names of downloads tell nothing. */
async function packingOf(path: string): Promise<Packing | undefined> {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(3), 0, 3, 0);
    return buffer.readUInt16BE(0) === 0x1f8b ? 'gzip' : buffer.toString('latin1') === 'BZh' ? 'bzip2' : undefined;
  } finally {
    await file.close();
  }
}

async function unpack(source: string, target: string, packing: Packing, maxBytes: number): Promise<void> {
  let bytes = 0;
  const limit = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > maxBytes) done(new CommandLineError(`the template grows beyond ${mib(maxBytes)} MiB when it is unpacked: that is none`));
      else done(null, chunk);
    },
  });
  const sink = createWriteStream(target, { flags: 'wx', mode: 0o600 });
  try {
    if (packing === 'gzip') return await pipeline(createReadStream(source), createGunzip(), limit, sink);
    const tool = spawn('bzip2', ['-dc'], { stdio: ['pipe', 'pipe', 'ignore'] });
    const ended = new Promise<void>((resolve, reject) => {
      tool.once('error', () =>
        reject(new CommandLineError('bzip2 is not installed here: apt-get install bzip2, or unpack the file yourself')),
      );
      tool.once('close', (code) => (code === 0 ? resolve() : reject(new CommandLineError(`${source} is a damaged bzip2 file`))));
    });
    await Promise.all([ended, pipeline(createReadStream(source), tool.stdin), pipeline(tool.stdout, limit, sink)]);
  } catch (error) {
    if (error instanceof CommandLineError) throw error;
    throw new CommandLineError(`${source} can't be unpacked: ${(error as Error).message}`, { cause: error });
  }
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
