// Judges a file that has come and puts it in its place: checksum, unpacking, header, soundness; nothing is given to QEMU's tools before our own reader saw it.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  assertTemplateImage,
  describeImageKind,
  formatAlgorithm,
  imageKindOf,
  parseChecksum,
  parseQcow2Header,
  type StoredImage,
  type TransferTarget,
} from '@strata/domain';
import { AgentProblem } from '../agent-problem.ts';
import { inputPath, readConfined } from './confined-tool.ts';
import type { Part } from './parts.ts';
import { headOf, lend, unpack, wholeFileSeconds } from './unpack.ts';

/** Throws `AgentProblem`, or the domain's `Problem`, with what is wrong with the file. */
export async function install(part: Part, target: TransferTarget, signal: AbortSignal): Promise<StoredImage> {
  const place = join(part.root, target.path);
  if (target.checksum !== '') await compareChecksum(part.file, target.checksum, signal);
  const image = await unpack(part.file, part.unpacked, target.caps.maxFileBytes, signal);
  const virtualSizeBytes = await judge(image, target, signal);
  const { size: fileBytes } = await stat(image);
  const sha256 = await digest(image, 'sha256', signal);
  await sync(image);
  await mkdir(dirname(place), { recursive: true });
  await rename(image, place);
  await rm(part.file, { force: true });
  return { virtualSizeBytes, fileBytes, sha256 };
}

async function judge(image: string, { format, caps }: TransferTarget, signal: AbortSignal): Promise<number> {
  const head = await headOf(image);
  const { size } = await stat(image);
  if (size > caps.maxFileBytes) throw new AgentProblem('invalid', `the file has ${size} bytes, at most ${caps.maxFileBytes} are allowed`);
  if (format === 'iso') {
    const kind = imageKindOf(head);
    if (kind !== 'iso') throw new AgentProblem('invalid', `the file is ${describeImageKind(kind)}: it is no ISO image`);
    return size;
  }
  const header = parseQcow2Header(head);
  assertTemplateImage(header, size, caps);
  // Leaked clusters harm nobody and are given back; anything else is damage.
  const args = ['check', '-q', '-r', 'leaks', '-f', 'qcow2', inputPath];
  await lend(image, 'r+', (input) => readConfined('qemu-img', args, { input, seconds: wholeFileSeconds, signal })).catch(
    (error: unknown) => {
      if (signal.aborted) throw error;
      throw new AgentProblem('invalid', `the image is damaged: ${error instanceof Error ? error.message : String(error)}`, error);
    },
  );
  return header.virtualSizeBytes;
}

async function compareChecksum(file: string, wanted: string, signal: AbortSignal): Promise<void> {
  const { algorithm, hex } = parseChecksum(wanted);
  const found = await digest(file, algorithm, signal);
  if (found !== hex)
    throw new AgentProblem(
      'invalid',
      `the checksum is wrong: ${formatAlgorithm(algorithm)} ${hex} was expected, the file has ${found}: fetch the file again, or correct the checksum`,
    );
}

async function digest(file: string, algorithm: string, signal: AbortSignal): Promise<string> {
  const hash = createHash(algorithm);
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20, signal })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

async function sync(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
