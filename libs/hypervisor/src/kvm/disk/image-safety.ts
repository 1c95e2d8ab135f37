// Decides from an image's first bytes whether QEMU may open it: what it points to must lie in its own mount.
import { posix } from 'node:path';
import { imageKindOf, parseQcow2Header } from '@strata/domain';
import type { Qcow2Header } from '@strata/domain';
import { DriverError } from '../../driver-error.ts';

/** Larger than any export: such a size only serves to exhaust whoever believes it. */
const largestVirtualBytes = 64 * 2 ** 40;

export interface SafeImage {
  readonly format: 'qcow2' | 'raw';
  /** Undefined for raw images, whose size is the file's. */
  readonly virtualSizeBytes?: number;
  readonly backingPath?: string;
}

/** `path` is the image's own path relative to its mount; throws `unsafeImage`. Anything that is not qcow2 counts as raw: no other format is ever probed. */
export function judgeImage(path: string, firstBytes: Uint8Array): SafeImage {
  if (imageKindOf(firstBytes) !== 'qcow2') return { format: 'raw' };
  const header = readHeader(path, firstBytes);
  if (header.hasExternalDataFile) unsafe(path, 'it keeps its data in another file');
  if (header.encrypted) unsafe(path, 'it is encrypted');
  if (header.unknownFeatures.length > 0) unsafe(path, 'it needs features that are not known here');
  if (header.virtualSizeBytes > largestVirtualBytes) unsafe(path, `it claims ${header.virtualSizeBytes} bytes`);
  const { virtualSizeBytes, backingFile } = header;
  if (backingFile === undefined) return { format: 'qcow2', virtualSizeBytes };
  return { format: 'qcow2', virtualSizeBytes, backingPath: resolveBacking(path, backingFile) };
}

function readHeader(path: string, firstBytes: Uint8Array): Qcow2Header {
  try {
    return parseQcow2Header(firstBytes);
  } catch (cause) {
    throw new DriverError('refused', `image ${path} is unsafe: ${(cause as Error).message}`, { cause, reason: 'unsafeImage' });
  }
}

function resolveBacking(path: string, backingName: string): string {
  // Absolute names, protocols ("nbd:…"), json: and odd characters all fail this.
  if (!/^(?:[A-Za-z0-9_.][A-Za-z0-9_.-]*\/)*[A-Za-z0-9_.][A-Za-z0-9_.-]*$/.test(backingName))
    unsafe(path, 'its backing file lies outside its storage');
  const resolved = posix.normalize(posix.join(posix.dirname(path), backingName));
  if (resolved === '.' || resolved === '..' || resolved.startsWith('../') || resolved === path)
    unsafe(path, 'its backing file lies outside its storage');
  return resolved;
}

function unsafe(path: string, why: string): never {
  throw new DriverError('refused', `image ${path} is unsafe: ${why}`, { reason: 'unsafeImage' });
}

/** The name by which a clone refers to its backing file: relative, so that a chain does not depend on where it is mounted. */
export function relativeBackingName(target: string, backing: string): string {
  return posix.relative(posix.dirname(target), backing);
}
