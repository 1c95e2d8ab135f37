// Writes small qcow2 files for the contract: valid ones and ones that a driver must refuse.
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';

export interface TestImageOptions {
  readonly virtualSizeBytes: number;
  /** Stored in the header as it is, also when it points out of the mount. */
  readonly backingName?: string;
  /** Name of an external data file; sets incompatible feature bit 2. */
  readonly dataFileName?: string;
  /** 1 is the old AES encryption, 2 is LUKS. */
  readonly cryptMethod?: 1 | 2;
}

export interface TestImage {
  readonly localPath: string;
  readonly sha256: string;
}

const clusterBits = 12;
const clusterBytes = 2 ** clusterBits;
const backingFormatExtension = 0xe2792aca;
const dataFileExtension = 0x44415441;

/** Empty qcow2 version 3 with one cluster each for header, refcount table, refcount block and L1 table (QEMU docs/interop/qcow2). */
export async function writeTestImage(localPath: string, options: TestImageOptions): Promise<TestImage> {
  const l1Entries = Math.ceil(options.virtualSizeBytes / ((clusterBytes / 8) * clusterBytes));
  if (l1Entries > clusterBytes / 8) throw new RangeError('a test image has room for one cluster of L1 entries: 1 GiB');
  const image = Buffer.alloc(4 * clusterBytes);
  image.write('QFI\xfb', 0, 'latin1');
  image.writeUInt32BE(3, 4);
  image.writeUInt32BE(clusterBits, 20);
  image.writeBigUInt64BE(BigInt(options.virtualSizeBytes), 24);
  image.writeUInt32BE(options.cryptMethod ?? 0, 32);
  image.writeUInt32BE(l1Entries, 36);
  image.writeBigUInt64BE(BigInt(3 * clusterBytes), 40);
  image.writeBigUInt64BE(BigInt(clusterBytes), 48);
  image.writeUInt32BE(1, 56);
  image.writeBigUInt64BE(options.dataFileName === undefined ? 0n : 4n, 72);
  image.writeUInt32BE(4, 96);
  image.writeUInt32BE(104, 100);
  let end = 104;
  if (options.backingName !== undefined) end = writeExtension(image, end, backingFormatExtension, 'qcow2');
  if (options.dataFileName !== undefined) end = writeExtension(image, end, dataFileExtension, options.dataFileName);
  end += 8;
  if (options.backingName !== undefined) {
    image.writeBigUInt64BE(BigInt(end), 8);
    image.writeUInt32BE(image.write(options.backingName, end), 16);
  }
  image.writeBigUInt64BE(BigInt(2 * clusterBytes), clusterBytes);
  for (let cluster = 0; cluster < 4; cluster++) image.writeUInt16BE(1, 2 * clusterBytes + 2 * cluster);
  await writeFile(localPath, image);
  return { localPath, sha256: createHash('sha256').update(image).digest('hex') };
}

function writeExtension(image: Buffer, offset: number, type: number, text: string): number {
  image.writeUInt32BE(type, offset);
  image.writeUInt32BE(Buffer.byteLength(text), offset + 4);
  image.write(text, offset + 8);
  return offset + 8 + Math.ceil(Buffer.byteLength(text) / 8) * 8;
}
