// Reads the header of a qcow2 file without trusting it, before any other program does (layout: QEMU's docs/interop/qcow2).
import { problem, type Problem } from '../errors.ts';
import { describeImageKind, imageKindOf } from './image-kind.ts';

/** Read this many bytes from the start of a file: the header with its extensions lies within. */
export const qcow2HeaderBytes = 65_536;

export interface Qcow2Header {
  readonly version: 2 | 3;
  readonly virtualSizeBytes: number;
  /** 9 to 21: a cluster has 2 to the power of this many bytes. */
  readonly clusterBits: number;
  /** The name as it stands in the file; control characters are shown as `?`. */
  readonly backingFile: string | undefined;
  readonly hasExternalDataFile: boolean;
  readonly encrypted: boolean;
  /** Was not closed cleanly. */
  readonly dirty: boolean;
  /** Marked as damaged by the program that wrote it. */
  readonly corrupt: boolean;
  readonly l1Entries: number;
  readonly l1TableOffset: number;
  readonly refcountTableOffset: number;
  readonly refcountTableClusters: number;
  readonly hasExtendedL2: boolean;
  readonly snapshotCount: number;
  /** Bit numbers of features that this reader does not know; such a file cannot be used safely. */
  readonly unknownFeatures: readonly number[];
}

const feature = { dirty: 0, corrupt: 1, externalDataFile: 2, compressionType: 3, extendedL2: 4 } as const;
const extension = { end: 0, externalDataFile: 0x44415441, encryption: 0x0537be77 } as const;
const autoclearRawExternalData = 1;
const maxBackingName = 1023;

/** `bytes`: the first `qcow2HeaderBytes` of the file, or all of a smaller one. Throws `invalid` naming what is wrong, never anything else. */
export function parseQcow2Header(bytes: Uint8Array): Qcow2Header {
  const kind = imageKindOf(bytes);
  if (kind !== 'qcow2') throw problem('invalid', `the file is ${describeImageKind(kind)}`);
  if (bytes.length < 72) throw damaged(`it ends after ${bytes.length} bytes, within the header`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = view.getUint32(4);
  if (version !== 2 && version !== 3) throw damaged(`its version is ${version}, known are 2 and 3`);
  const clusterBits = view.getUint32(20);
  if (clusterBits < 9 || clusterBits > 21) throw damaged(`its cluster size is 2^${clusterBits} bytes, possible are 2^9 to 2^21`);
  const cryptMethod = view.getUint32(32);
  if (cryptMethod > 2) throw damaged(`its encryption method ${cryptMethod} does not exist`);
  const newer = version === 3 ? readVersion3(view, 2 ** clusterBits) : { headerLength: 72, incompatible: 0n, autoclear: 0n };
  const backing = readBackingName(view, bytes, newer.headerLength, 2 ** clusterBits);
  const extensions = readExtensions(view, newer.headerLength, backing?.offset ?? 2 ** clusterBits);
  const has = (bit: number) => (newer.incompatible >> BigInt(bit)) % 2n === 1n;
  return {
    version,
    virtualSizeBytes: readSize(view, 24, 'virtual size'),
    clusterBits,
    backingFile: backing?.name,
    hasExternalDataFile:
      has(feature.externalDataFile) ||
      (newer.autoclear >> BigInt(autoclearRawExternalData)) % 2n === 1n ||
      extensions.has(extension.externalDataFile),
    encrypted: cryptMethod !== 0 || extensions.has(extension.encryption),
    dirty: has(feature.dirty),
    corrupt: has(feature.corrupt),
    l1Entries: view.getUint32(36),
    l1TableOffset: readSize(view, 40, 'offset of the first table'),
    refcountTableOffset: readSize(view, 48, 'offset of the reference counts'),
    refcountTableClusters: view.getUint32(56),
    hasExtendedL2: has(feature.extendedL2),
    snapshotCount: view.getUint32(60),
    unknownFeatures: Array.from({ length: 64 }, (_, bit) => bit).filter((bit) => bit > feature.extendedL2 && has(bit)),
  };
}

function readVersion3(view: DataView, clusterSize: number): { headerLength: number; incompatible: bigint; autoclear: bigint } {
  if (view.byteLength < 104) throw damaged(`it ends after ${view.byteLength} bytes, within the header`);
  const headerLength = view.getUint32(100);
  if (headerLength < 104 || headerLength % 8 !== 0 || headerLength > clusterSize || headerLength > view.byteLength)
    throw damaged(`its header claims to have ${headerLength} bytes`);
  const refcountOrder = view.getUint32(96);
  if (refcountOrder > 6) throw damaged(`its reference counts claim to have 2^${refcountOrder} bits`);
  return { headerLength, incompatible: view.getBigUint64(72), autoclear: view.getBigUint64(88) };
}

function readBackingName(
  view: DataView,
  bytes: Uint8Array,
  headerLength: number,
  clusterSize: number,
): { name: string; offset: number } | undefined {
  const offset = view.getBigUint64(8);
  const length = view.getUint32(16);
  if (offset === 0n) return undefined;
  if (length > maxBackingName || offset < BigInt(headerLength) || offset + BigInt(length) > BigInt(clusterSize))
    throw damaged('the name of its backing file lies outside the header');
  const start = Number(offset);
  if (start + length > bytes.length) throw damaged(`it ends after ${bytes.length} bytes, within the name of its backing file`);
  const name = Array.from(bytes.subarray(start, start + length), (byte) =>
    byte < 0x20 || byte > 0x7e ? '?' : String.fromCharCode(byte),
  ).join('');
  return { name, offset: start };
}

/** The types of the extensions. Each turn goes on by at least eight bytes, so a forged length cannot make it run on. */
function readExtensions(view: DataView, start: number, end: number): Set<number> {
  const types = new Set<number>();
  for (let at = start; at + 8 <= end;) {
    if (at + 8 > view.byteLength) throw damaged(`its header extensions go on after ${view.byteLength} bytes`);
    const type = view.getUint32(at);
    const length = view.getUint32(at + 4);
    if (type === extension.end) return types;
    if (length > end - at - 8) throw damaged('a header extension is longer than the header');
    types.add(type);
    at += 8 + Math.ceil(length / 8) * 8;
  }
  return types;
}

function readSize(view: DataView, at: number, what: string): number {
  const size = view.getBigUint64(at);
  if (size > BigInt(Number.MAX_SAFE_INTEGER)) throw damaged(`its ${what} is ${size} bytes, which is not possible`);
  return Number(size);
}

function damaged(reason: string): Problem {
  return problem('invalid', `the file is no intact qcow2 image: ${reason}`);
}
