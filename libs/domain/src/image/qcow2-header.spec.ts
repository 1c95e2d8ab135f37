// The qcow2 reader against headers written by qemu-img, forged ones and random damage.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Problem } from '../errors.ts';
import { imageKindOf } from './image-kind.ts';
import { parseQcow2Header } from './qcow2-header.ts';
import { assertTemplateImage, checkTemplateImage } from './template-image.ts';

const gib = 2 ** 30;
const caps = { maxVirtualBytes: 100 * gib, maxFileBytes: 50 * gib };

/** Hexadecimal bytes, then zeros up to a size. */
function file(hex: string, size = 1024): Uint8Array {
  const bytes = new Uint8Array(size);
  (hex.match(/../g) ?? []).forEach((pair, index) => {
    bytes[index] = Number.parseInt(pair, 16);
  });
  return bytes;
}

// The first bytes of files made by qemu-img 7.2, feature names left out.
const version3 =
  '514649fb00000003000000000000000000000000000000100000000280000000000000000000001400000000000300000000000000010000000000010000000000000000000000000000000000000000000000000000000000000000000000000000000400000070';
const version2 = '514649fb0000000200000000000000000000000000000010000000004000000000000000000000020000000000030000000000000001000000000001';
const version2Clone =
  '514649fb0000000200000000000000600000000b00000010000000028000000000000000000000140000000000030000000000000001000000000001000000000000000000000000e2792aca0000000571636f77320000000000000000000000706c61696e2e71636f7732';
const externalData =
  '514649fb000000030000000000000000000000000000001000000000400000000000000000000002000000000003000000000000000100000000000100000000000000000000000000000000000000040000000000000000000000000000000200000004000000700000000000000000444154410000000a7365637265742e726177';
const extended =
  '514649fb00000003000000000000000000000000000000110000000040000000000000000000000100000000000600000000000000020000000000010000000000000000000000000000000000000018000000000000000000000000000000000000000400000070010000';

/** Version 3 with some bytes overwritten: offset → hexadecimal. */
function changed(changes: Readonly<Record<number, string>>, hex = version3): Uint8Array {
  const bytes = file(hex);
  for (const [at, value] of Object.entries(changes)) bytes.set(file(value, value.length / 2), Number(at));
  return bytes;
}

describe('parseQcow2Header', () => {
  it('reads what qemu-img writes', () => {
    expect(parseQcow2Header(file(version3))).toEqual({
      version: 3,
      virtualSizeBytes: 10 * gib,
      clusterBits: 16,
      backingFile: undefined,
      hasExternalDataFile: false,
      encrypted: false,
      dirty: false,
      corrupt: false,
      l1Entries: 20,
      l1TableOffset: 0x30000,
      refcountTableOffset: 0x10000,
      refcountTableClusters: 1,
      hasExtendedL2: false,
      snapshotCount: 0,
      unknownFeatures: [],
    });
    expect(parseQcow2Header(file(version2))).toMatchObject({ version: 2, virtualSizeBytes: gib, backingFile: undefined });
    expect(parseQcow2Header(file(version2Clone))).toMatchObject({ version: 2, backingFile: 'plain.qcow2' });
    expect(parseQcow2Header(file(externalData))).toMatchObject({ hasExternalDataFile: true, virtualSizeBytes: gib });
    expect(parseQcow2Header(file(extended))).toMatchObject({ clusterBits: 17, hasExtendedL2: true, unknownFeatures: [] });
  });

  it.each<[string, Uint8Array, string]>([
    ['a header cut short', file(version3, 60), 'it ends after 60 bytes'],
    ['a version 3 header cut short', file(version3, 90), 'it ends after 90 bytes'],
    ['another version', changed({ 4: '00000004' }), 'its version is 4'],
    ['tiny clusters', changed({ 20: '00000008' }), 'its cluster size is 2^8'],
    ['huge clusters', changed({ 20: '0000003f' }), 'its cluster size is 2^63'],
    ['an unknown encryption', changed({ 32: '00000003' }), 'its encryption method 3'],
    ['an impossible size', changed({ 24: 'ffffffffffffffff' }), 'its virtual size is 18446744073709551615 bytes'],
    ['a long header', changed({ 100: 'fffffff8' }), 'its header claims to have 4294967288 bytes'],
    ['a short header', changed({ 100: '00000048' }), 'its header claims to have 72 bytes'],
    ['odd reference counts', changed({ 96: '00000007' }), 'its reference counts claim to have 2^7 bits'],
    ['a backing name far away', changed({ 8: '7fffffffffffffff00000010' }), 'the name of its backing file lies outside the header'],
    ['a backing name in the header', changed({ 8: '000000000000000400000010' }), 'lies outside the header'],
    ['a long backing name', changed({ 8: '000000000000020000000400' }), 'lies outside the header'],
    ['a backing name after the end', changed({ 8: '000000000000800000000010' }), 'within the name of its backing file'],
    ['a long extension', changed({ 112: '44415441ffffffff' }), 'a header extension is longer than the header'],
    [
      'extensions without end',
      new Uint8Array(1024).fill(1).map((byte, index) => (index < 112 ? (file(version3)[index] ?? 0) : index % 8 < 4 ? byte : 0)),
      'its header extensions go on after 1024 bytes',
    ],
  ])('T09 refuses %s', (_name, bytes, reason) => {
    expect(() => parseQcow2Header(bytes)).toThrow('the file is no intact qcow2 image: ');
    expect(() => parseQcow2Header(bytes)).toThrow(reason);
  });

  it('T09 sees encryption and data files by each of their marks', () => {
    expect(parseQcow2Header(changed({ 32: '00000002' })).encrypted).toBe(true);
    expect(parseQcow2Header(changed({ 112: '0537be7700000010' })).encrypted).toBe(true);
    expect(parseQcow2Header(changed({ 72: '0000000000000004' })).hasExternalDataFile).toBe(true);
    expect(parseQcow2Header(changed({ 88: '0000000000000002' })).hasExternalDataFile).toBe(true);
    expect(parseQcow2Header(changed({ 112: '4441544100000001' })).hasExternalDataFile).toBe(true);
    expect(parseQcow2Header(changed({ 72: '8000000000000020' })).unknownFeatures).toEqual([5, 63]);
  });

  it('T09 throws only problems and never hangs, whatever the bytes', () => {
    const originals = [version3, version2, version2Clone, externalData, extended].map((hex) => file(hex));
    const mutation = fc
      .tuple(
        fc.constantFrom(...originals),
        fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 12 }),
        fc.integer({ min: 0, max: 1024 }),
      )
      .map(([original, changes, length]) => {
        const bytes = original.slice();
        for (const [at, value] of changes) bytes[at] = value;
        return bytes.subarray(0, length < 300 ? length : 1024);
      });
    fc.assert(
      fc.property(fc.oneof(mutation, fc.uint8Array({ maxLength: 300 })), fc.nat(), (bytes, size) => {
        try {
          const header = parseQcow2Header(bytes);
          expect(Number.isSafeInteger(header.virtualSizeBytes)).toBe(true);
          expect(Array.isArray(checkTemplateImage(header, size, caps))).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(Problem);
          expect((error as Problem).kind).toBe('invalid');
        }
      }),
      { numRuns: 5000 },
    );
  });
});

describe('checkTemplateImage', () => {
  const fileSize = 196_768;
  it('accepts what qemu-img makes', () => {
    expect(checkTemplateImage(parseQcow2Header(file(version3)), fileSize, caps)).toEqual([]);
    expect(checkTemplateImage(parseQcow2Header(file(version2)), 196_624, caps)).toEqual([]);
    expect(checkTemplateImage(parseQcow2Header(file(extended)), 393_224, caps)).toEqual([]);
    expect(() => assertTemplateImage(parseQcow2Header(file(version3)), fileSize, caps)).not.toThrow();
  });

  it.each<[string, Uint8Array, RegExp]>([
    ['T09 backing file', file(version2Clone), /^it has the backing file "plain\.qcow2"/],
    ['T09 data file', file(externalData), /^its data lie in another file/],
    ['T09 encryption', changed({ 32: '00000001' }), /^it is encrypted/],
    ['T09 unknown features', changed({ 72: '0000000000000080' }), /features that are not known here \(bits 7\)/],
    ['T09 internal snapshots', changed({ 60: '00000002' }), /^it holds 2 internal snapshots/],
    ['corrupt', changed({ 72: '0000000000000002' }), /marked as corrupt/],
    ['dirty', changed({ 72: '0000000000000001' }), /not closed cleanly/],
    ['no disk', changed({ 24: '0000000000000000' }), /its disk has no bytes/],
    ['odd size', changed({ 24: '0000000000000201' }), /no multiple of 512/],
    ['first table too small', changed({ 36: '00000013' }), /too small for its disk/],
    ['first table too large', changed({ 36: '7fffffff' }), /too large/],
    ['first table outside', changed({ 40: '0000000000040000' }), /outside the file/],
    ['tables not aligned', changed({ 40: '0000000000030001' }), /do not begin at a cluster/],
    ['no reference counts', changed({ 56: '00000000' }), /reference counts lie outside/],
  ])('names what is wrong: %s', (_name, bytes, reason) => {
    expect(checkTemplateImage(parseQcow2Header(bytes), fileSize, caps).filter((text) => reason.test(text))).toHaveLength(1);
  });

  it('T10 refuses a small file that claims a huge disk', () => {
    const bomb = parseQcow2Header(changed({ 24: '0010000000000000' }));
    const found = checkTemplateImage(bomb, 1024, caps);
    expect(found[0]).toContain('its disk has 4194304.0 GiB, at most 100.0 GiB are allowed');
    expect(() => assertTemplateImage(bomb, 1024, caps)).toThrow('the image cannot become a template: its disk has');
    expect(checkTemplateImage(parseQcow2Header(file(version3)), 51 * gib, caps)[0]).toContain('its file has 51.0 GiB');
  });
});

describe('imageKindOf', () => {
  const text = (content: string, size = 1024) => {
    const bytes = new Uint8Array(size);
    [...content].forEach((character, index) => {
      bytes[index] = character.charCodeAt(0);
    });
    return bytes;
  };
  const exact = (content: string) => text(content, content.length);
  it.each<[string, Uint8Array, RegExp]>([
    ['qcow', file('514649fb00000001'), /qemu-img convert -f qcow -O/],
    ['vmdk', text('KDMV'), /convert -f vmdk/],
    ['vmdk', exact('# Disk DescriptorFile\nversion=1\n'), /convert -f vmdk/],
    ['vhd', text('conectix'), /convert -f vpc/],
    ['vhdx', text('vhdxfile'), /convert -f vhdx/],
    ['gzip', file('1f8b08'), /gunzip/],
    ['bzip2', text('BZh9'), /bunzip2/],
    ['xz', file('fd377a585a00'), /unxz/],
    ['zip', text('PK\x03\x04'), /unzip/],
    ['html', exact('\r\n<!DOCTYPE html><html>'), /web page/],
    ['text', exact('404 not found'), /a text, not an image/],
    ['empty', new Uint8Array(0), /is empty/],
    ['raw', changed({ 0: '00000000', 510: '55aa' }), /convert -f raw/],
    ['unknown', file('00', 512), /unknown kind/],
    [
      'iso',
      (() => {
        const bytes = new Uint8Array(33_000);
        bytes.set(exact('CD001'), 32_769);
        return bytes;
      })(),
      /register it as ISO/,
    ],
    [
      'ova',
      (() => {
        const bytes = text('disk.ovf');
        bytes.set(exact('ustar'), 257);
        return bytes;
      })(),
      /OVA/,
    ],
  ])('tells %s and says what to do', (kind, bytes, advice) => {
    expect(imageKindOf(bytes)).toBe(kind);
    expect(() => parseQcow2Header(bytes)).toThrow(advice);
  });
});
