// What an image must not be to become a template (RELIABILITY T09, T10): nothing in it may point outside, hide or blow up.
import { problem } from '../errors.ts';
import type { Qcow2Header } from './qcow2-header.ts';

export interface TemplateImageCaps {
  /** The disk that machines see. */
  readonly maxVirtualBytes: number;
  /** The file itself. */
  readonly maxFileBytes: number;
}

const gib = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
const maxL1Bytes = 32 * 2 ** 20;

/** Every reason against the image, each with what to do; empty when it is fit. */
export function checkTemplateImage(header: Qcow2Header, fileSizeBytes: number, caps: TemplateImageCaps): string[] {
  const found: string[] = [];
  const rebuild = 'make a self-contained copy with qemu-img convert -O qcow2 SOURCE TARGET';
  if (header.backingFile !== undefined)
    found.push(`it has the backing file "${header.backingFile.slice(0, 200)}", on which its contents would depend: ${rebuild}`);
  if (header.hasExternalDataFile) found.push(`its data lie in another file: ${rebuild}`);
  if (header.encrypted) found.push('it is encrypted: make a copy without encryption with qemu-img convert -O qcow2');
  if (header.snapshotCount > 0)
    found.push(`it holds ${header.snapshotCount} internal snapshots, which would travel unseen with every copy: ${rebuild}`);
  if (header.corrupt) found.push('it is marked as corrupt: repair it with qemu-img check -r all, or fetch it again');
  if (header.dirty) found.push('it was not closed cleanly: repair it with qemu-img check -r all');
  if (header.unknownFeatures.length > 0)
    found.push(`it uses features that are not known here (bits ${header.unknownFeatures.join(', ')}): ${rebuild}`);
  if (header.virtualSizeBytes > caps.maxVirtualBytes)
    found.push(
      `its disk has ${gib(header.virtualSizeBytes)}, at most ${gib(caps.maxVirtualBytes)} are allowed: use a smaller disk, or an administrator raises the limit`,
    );
  if (fileSizeBytes > caps.maxFileBytes) found.push(`its file has ${gib(fileSizeBytes)}, at most ${gib(caps.maxFileBytes)} are allowed`);
  const bogus = inconsistency(header, fileSizeBytes);
  if (bogus !== undefined) found.push(`its header contradicts itself: ${bogus}; fetch it again`);
  return found;
}

/** Throws `invalid` with every reason. */
export function assertTemplateImage(header: Qcow2Header, fileSizeBytes: number, caps: TemplateImageCaps): void {
  const found = checkTemplateImage(header, fileSizeBytes, caps);
  if (found.length > 0) throw problem('invalid', `the image cannot become a template: ${found.join('. ')}`);
}

function inconsistency(header: Qcow2Header, fileSizeBytes: number): string | undefined {
  const clusterSize = 2 ** header.clusterBits;
  if (header.virtualSizeBytes === 0) return 'its disk has no bytes';
  if (header.virtualSizeBytes % 512 !== 0) return 'the size of its disk is no multiple of 512 bytes';
  // One entry of the first table stands for a cluster full of second-level entries, each standing for a cluster.
  const bytesPerL1Entry = (clusterSize / (header.hasExtendedL2 ? 16 : 8)) * clusterSize;
  const l1Bytes = header.l1Entries * 8;
  if (header.l1Entries < Math.ceil(header.virtualSizeBytes / bytesPerL1Entry)) return 'its first table is too small for its disk';
  if (l1Bytes > maxL1Bytes) return 'its first table is too large';
  if (header.l1TableOffset % clusterSize !== 0 || header.refcountTableOffset % clusterSize !== 0)
    return 'its tables do not begin at a cluster';
  if (header.l1TableOffset === 0 || header.l1TableOffset + l1Bytes > fileSizeBytes) return 'its first table lies outside the file';
  if (header.refcountTableOffset === 0 || header.refcountTableClusters === 0 || header.refcountTableOffset > fileSizeBytes)
    return 'its reference counts lie outside the file';
  return undefined;
}
