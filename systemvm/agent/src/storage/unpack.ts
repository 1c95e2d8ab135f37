// Turns the bytes that came into an image: unpacks one layer of compression, within bounds.
import { createReadStream, createWriteStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { imageKindOf, type ImageKind } from '@strata/domain';
import { AgentProblem } from '../agent-problem.ts';
import { inputPath, nobody, readConfined, runConfined } from './confined-tool.ts';

/** Beyond this many times its size, a file of a few bytes is meant to fill the disk. */
const maxRatio = 200;
const alwaysFine = 256 * 2 ** 20;
const headBytes = 65_536;
/** A terabyte at 100 MB/s. */
export const wholeFileSeconds = 3 * 3_600;
const listSeconds = 60;

const programs: Partial<Record<ImageKind, readonly [program: string, ...args: string[]]>> = {
  bzip2: ['bzip2', '-dc'],
  xz: ['xz', '-dc', '--memlimit-decompress=128MiB'],
  zip: ['unzip', '-p', inputPath],
};

/** The first bytes of a file. */
export async function headOf(file: string): Promise<Buffer> {
  const handle = await open(file);
  try {
    const head = Buffer.alloc(headBytes);
    const { bytesRead } = await handle.read(head, 0, headBytes, 0);
    return head.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/**
 * Opens a file that nobody's programs can open again; it is given back when they are done. Where the server of a store maps root to somebody
 * else, the file is theirs already.
 */
export async function lend<T>(file: string, flags: 'r' | 'r+', use: (handle: FileHandle) => Promise<T>): Promise<T> {
  const handle = await open(file, flags);
  try {
    await handle.chown(nobody, nobody).catch(() => undefined);
    return await use(handle);
  } finally {
    await handle.chown(process.getuid!(), process.getgid!()).catch(() => undefined);
    await handle.close();
  }
}

/** @returns the file that holds the image: `target` when it had to be unpacked, else the source */
export async function unpack(source: string, target: string, maxBytes: number, signal: AbortSignal): Promise<string> {
  const kind = imageKindOf(await headOf(source));
  const program = programs[kind];
  if (kind !== 'gzip' && program === undefined) return source;
  await lend(source, 'r', async (input) => {
    const { size } = await input.stat();
    const bound = boundOf(Math.min(maxBytes, Math.max(alwaysFine, size * maxRatio)), size);
    const output = createWriteStream(target, { mode: 0o600 });
    try {
      if (program === undefined) return await pipeline(createReadStream(source), createGunzip(), bound, output, { signal });
      if (kind === 'zip') await assertOneFile(input, signal);
      const [name, ...args] = program;
      await runConfined(name, args, { input, seconds: wholeFileSeconds, through: bound, output, signal });
    } catch (error) {
      output.destroy();
      const code = (error as NodeJS.ErrnoException).code ?? '';
      if (signal.aborted || (error instanceof AgentProblem && error.kind === 'invalid') || ['ENOSPC', 'EDQUOT', 'EROFS'].includes(code))
        throw error;
      throw new AgentProblem('invalid', `the ${kind} archive is broken or was cut short: ${(error as Error).message}`, error);
    }
  });
  return target;
}

/** Several files would be glued together. */
async function assertOneFile(input: FileHandle, signal: AbortSignal): Promise<void> {
  const names = (await readConfined('unzip', ['-Z1', inputPath], { input, seconds: listSeconds, signal })).split('\n');
  const files = names.filter((name) => name !== '' && !name.endsWith('/')).length;
  if (files !== 1) throw new AgentProblem('invalid', `the zip archive holds ${files} files: put only the image into it`);
}

/** Lets no more than so many bytes pass. */
function boundOf(maxBytes: number, packedBytes: number): Transform {
  let passed = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      passed += chunk.length;
      if (passed <= maxBytes) return done(null, chunk);
      done(
        new AgentProblem('invalid', `the file unpacks to more than ${maxBytes} bytes from ${packedBytes}: that is more than is allowed`),
      );
    },
  });
}
