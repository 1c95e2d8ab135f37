// Reads the header of a qcow2 image from its first bytes, without any program that would follow what the image points to.
// Layout: QEMU's docs/interop/qcow2.

export interface Qcow2Header {
  readonly version: 2 | 3;
  readonly virtualSizeBytes: number;
  readonly clusterBytes: number;
  readonly encryption: 'none' | 'aes' | 'luks' | 'unknown';
  /** The guest's data lies in another file, named by the image or by whoever opens it. */
  readonly hasExternalDataFile: boolean;
  /** Bits of incompatible features that version 7 of QEMU does not know either. */
  readonly hasUnknownFeatures: boolean;
  /** As stored: may be relative, absolute, a URL or `json:`. */
  readonly backingName?: string;
  readonly backingFormat?: string;
}

/** How many first bytes hold the whole header of any image that QEMU writes. */
export const qcow2HeaderBytes = 65_536;

const magic = 0x514649fb;
const fixedBytesOfVersion2 = 72;
const fixedBytesOfVersion3 = 104;
const longestBackingName = 1023;
const backingFormatExtension = 0xe2792aca;
const dataFileExtension = 0x44415441;
const externalDataFileBit = 4n;
/** Dirty, corrupt, external data file, compression type, extended L2 entries. */
const knownIncompatibleBits = 0b11111n;

/** Undefined where the bytes are no qcow2 image at all; throws `RangeError` where they claim to be one but contradict themselves. */
export function parseQcow2Header(bytes: Uint8Array): Qcow2Header | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.byteLength < 8 || view.getUint32(0) !== magic) return undefined;
  const version = view.getUint32(4);
  if (version !== 2 && version !== 3) throw new RangeError(`qcow2 version ${version} is unknown`);
  if (bytes.byteLength < (version === 2 ? fixedBytesOfVersion2 : fixedBytesOfVersion3))
    throw new RangeError('the qcow2 header is cut short');

  const clusterBits = view.getUint32(20);
  if (clusterBits < 9 || clusterBits > 21) throw new RangeError(`a qcow2 cluster can't have 2^${clusterBits} bytes`);
  const virtualSize = view.getBigUint64(24);
  if (virtualSize > BigInt(Number.MAX_SAFE_INTEGER)) throw new RangeError('the qcow2 virtual size is absurd');
  const incompatible = version === 3 ? view.getBigUint64(72) : 0n;
  const headerLength = version === 3 ? view.getUint32(100) : fixedBytesOfVersion2;
  if (headerLength < (version === 3 ? fixedBytesOfVersion3 : fixedBytesOfVersion2) || headerLength > 2 ** clusterBits) {
    throw new RangeError(`a qcow2 header of ${headerLength} bytes is impossible`);
  }

  const extensions = readExtensions(bytes, view, headerLength);
  const backingName = readBackingName(bytes, view);
  return {
    version,
    virtualSizeBytes: Number(virtualSize),
    clusterBytes: 2 ** clusterBits,
    encryption: (['none', 'aes', 'luks'] as const)[view.getUint32(32)] ?? 'unknown',
    hasExternalDataFile: (incompatible & externalDataFileBit) !== 0n || extensions.namesDataFile,
    hasUnknownFeatures: (incompatible & ~knownIncompatibleBits) !== 0n,
    ...(backingName !== undefined && { backingName }),
    ...(extensions.backingFormat !== undefined && { backingFormat: extensions.backingFormat }),
  };
}

function readBackingName(bytes: Uint8Array, view: DataView): string | undefined {
  const offset = view.getBigUint64(8);
  if (offset === 0n) return undefined;
  const length = view.getUint32(16);
  if (length === 0 || length > longestBackingName) throw new RangeError(`a qcow2 backing file name can't have ${length} bytes`);
  if (offset + BigInt(length) > BigInt(bytes.byteLength)) throw new RangeError('the qcow2 backing file name lies outside the header');
  return textAt(bytes, Number(offset), length);
}

function readExtensions(bytes: Uint8Array, view: DataView, start: number): { backingFormat: string | undefined; namesDataFile: boolean } {
  let backingFormat: string | undefined;
  let namesDataFile = false;
  const backingOffset = view.getBigUint64(8);
  // Extensions end at an all-zero type, or where the backing file name begins.
  const end = backingOffset === 0n ? bytes.byteLength : Math.min(bytes.byteLength, Number(backingOffset));
  for (let at = start; at + 8 <= end;) {
    const type = view.getUint32(at);
    const length = view.getUint32(at + 4);
    if (type === 0) break;
    if (at + 8 + length > end) throw new RangeError('a qcow2 header extension is longer than the header');
    if (type === backingFormatExtension) backingFormat = textAt(bytes, at + 8, length);
    if (type === dataFileExtension) namesDataFile = true;
    at += 8 + Math.ceil(length / 8) * 8;
  }
  return { backingFormat, namesDataFile };
}

/** Latin-1: every byte stays visible, so that no malformed UTF-8 hides a difference. */
function textAt(bytes: Uint8Array, offset: number, length: number): string {
  return Array.from(bytes.subarray(offset, offset + length), (byte) => String.fromCharCode(byte)).join('');
}
