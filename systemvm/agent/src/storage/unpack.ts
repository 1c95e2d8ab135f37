// Turns the bytes that came into an image: unpacks one layer of compression, within bounds.
import { spawn } from 'node:child_process';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { imageKindOf, type ImageKind } from '@strata/domain';
import { AgentProblem } from '../agent-problem.ts';

/** Beyond this many times its size, a file of a few bytes is meant to fill the disk. */
const maxRatio = 200;
const alwaysFine = 256 * 2 ** 20;
const headBytes = 65_536;

const programs: Partial<Record<ImageKind, readonly [program: string, ...args: string[]]>> = {
  bzip2: ['bzip2', '-dc'],
  xz: ['xz', '-dc', '--memlimit-decompress=128MiB'],
  zip: ['unzip', '-p'],
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

/** @returns the file that holds the image: `target` when it had to be unpacked, else the source */
export async function unpack(source: string, target: string, maxBytes: number, signal: AbortSignal): Promise<string> {
  const kind = imageKindOf(await headOf(source));
  if (kind !== 'gzip' && programs[kind] === undefined) return source;
  const { size } = await stat(source);
  const cap = Math.min(maxBytes, Math.max(alwaysFine, size * maxRatio));
  const bounded = new Bound(cap, size);
  const out = createWriteStream(target, { mode: 0o600 });
  if (kind === 'gzip') {
    await pipeline(createReadStream(source), createGunzip(), bounded, out, { signal }).catch(brokenArchive(kind));
    return target;
  }
  const [program, ...args] = programs[kind]!;
  // unzip reads its file from the end: it takes a name, where the others read standard input.
  const child = spawn(program, kind === 'zip' ? [...args, source] : args, {
    stdio: [kind === 'zip' ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    signal,
  });
  const ended = new Promise<void>((done, fail) => {
    let complaint = '';
    child.stderr!.on('data', (chunk: Buffer) => (complaint = (complaint + chunk.toString()).slice(0, 500)));
    child.on('error', fail);
    child.on('close', (code) => (code === 0 ? done() : fail(new Error(complaint.trim() || `${program} ended with code ${code}`))));
  });
  const fed = child.stdin ? pipeline(createReadStream(source), child.stdin, { signal }).catch(() => undefined) : undefined;
  try {
    await Promise.all([pipeline(child.stdout as Readable, bounded, out, { signal }), ended, fed]);
  } catch (error) {
    child.kill('SIGKILL');
    await ended.catch(() => undefined);
    brokenArchive(kind)(bounded.error ?? error);
  }
  return target;
}

/** Lets no more than so many bytes pass. */
class Bound extends Transform {
  error: AgentProblem | undefined;

  constructor(maxBytes: number, packedBytes: number) {
    let passed = 0;
    super({
      transform: (chunk: Buffer, _encoding, done) => {
        passed += chunk.length;
        if (passed <= maxBytes) return done(null, chunk);
        this.error = new AgentProblem(
          'invalid',
          `the file unpacks to more than ${maxBytes} bytes from ${packedBytes}: that is more than is allowed`,
        );
        done(this.error);
      },
    });
  }
}

function brokenArchive(kind: ImageKind): (error: unknown) => never {
  return (error) => {
    if (error instanceof AgentProblem) throw error;
    throw new AgentProblem(
      'invalid',
      `the ${kind} archive is broken or was cut short: ${error instanceof Error ? error.message : String(error)}`,
      error,
    );
  };
}
