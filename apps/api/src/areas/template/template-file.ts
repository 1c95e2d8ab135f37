// Looks into an image file on the management server before anything is done with it (RELIABILITY T09, T10, T12).
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { isAbsolute, normalize } from 'node:path';
import {
  assertTemplateImage,
  type Checksum,
  formatAlgorithm,
  parseQcow2Header,
  problem,
  qcow2HeaderBytes,
  type TemplateImageCaps,
} from '@strata/domain';

export interface TemplateFile {
  /** Of the disk that machines see. */
  readonly virtualSizeBytes: number;
  readonly fileBytes: number;
}

// A type alias, because it becomes a step's output.
export type DigestedFile = TemplateFile & {
  /** Of the very bytes whose header was judged, hex. */
  readonly sha256: string;
};

const chunkBytes = 2 ** 20;

/** A quick look at header and size. @throws invalid with what is wrong and what to do */
export async function inspectTemplateFile(path: string, caps: TemplateImageCaps): Promise<TemplateFile> {
  return withFile(path, async (file, fileBytes) => {
    const head = Buffer.alloc(Math.min(qcow2HeaderBytes, fileBytes));
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    return judge(head.subarray(0, bytesRead), fileBytes, caps);
  });
}

/**
 * Reads the whole file once: judges its header again, and compares its sum with the one asked for.
 * @throws invalid, naming the expected and the found sum when they differ
 */
export async function digestTemplateFile(path: string, caps: TemplateImageCaps, wanted: Checksum | undefined): Promise<DigestedFile> {
  return withFile(path, async (file, fileBytes) => {
    const sha256 = createHash('sha256');
    const asked = wanted && wanted.algorithm !== 'sha256' ? createHash(wanted.algorithm) : undefined;
    const chunk = Buffer.alloc(chunkBytes);
    let judged: TemplateFile | undefined;
    let position = 0;
    for (;;) {
      const { bytesRead } = await file.read(chunk, 0, chunk.length, position);
      if (bytesRead === 0) break;
      const bytes = chunk.subarray(0, bytesRead);
      judged ??= judge(bytes.subarray(0, qcow2HeaderBytes), fileBytes, caps);
      sha256.update(bytes);
      asked?.update(bytes);
      position += bytesRead;
    }
    if (!judged || position !== fileBytes) throw problem('invalid', `${path} changed while it was read: try again when it is complete`);
    const hex = sha256.digest('hex');
    if (wanted) compare(wanted, asked?.digest('hex') ?? hex);
    return { ...judged, sha256: hex };
  });
}

function judge(head: Buffer, fileBytes: number, caps: TemplateImageCaps): TemplateFile {
  const header = parseQcow2Header(head);
  assertTemplateImage(header, fileBytes, caps);
  return { virtualSizeBytes: header.virtualSizeBytes, fileBytes };
}

function compare(wanted: Checksum, found: string): void {
  if (wanted.hex === found) return;
  throw problem(
    'invalid',
    `the checksum is wrong: ${formatAlgorithm(wanted.algorithm)} ${wanted.hex} was expected, the file has ${found}: fetch the file again, or correct the checksum`,
  );
}

/** Neither follows a link in the last place nor waits for a pipe: only plain files are opened. */
async function withFile<T>(path: string, work: (file: FileHandle, sizeBytes: number) => Promise<T>): Promise<T> {
  if (!isAbsolute(path) || normalize(path) !== path || path.includes('\0'))
    throw problem('invalid', `parameter path "${path}": give the whole path of a file on the management server, such as /srv/debian.qcow2`);
  let file: FileHandle;
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (cause) {
    throw problem('invalid', `parameter path: ${path} ${openFailure((cause as NodeJS.ErrnoException).code)}`, { cause });
  }
  try {
    const facts = await file.stat();
    if (!facts.isFile()) throw problem('invalid', `parameter path: ${path} is no plain file: give the path of an image file`);
    return await work(file, facts.size);
  } finally {
    await file.close();
  }
}

function openFailure(code: string | undefined): string {
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'does not exist on the management server: copy the file there first';
    case 'EACCES':
    case 'EPERM':
      return 'can not be read by the management server: give its user the right to read it';
    case 'ELOOP':
      return 'is a symbolic link: give the path of the file itself';
    default:
      return `can not be opened (${code ?? 'unknown error'}): give the path of an image file`;
  }
}
