// Which checksums are understood, and what is said about others.
import { describe, expect, test } from 'vitest';
import { formatChecksum, parseChecksum } from './checksum.ts';

const digits = (length: number) => 'Ab'.repeat(length / 2);

describe('parseChecksum', () => {
  test.each([
    [32, 'md5', 'MD5'],
    [40, 'sha1', 'SHA-1'],
    [56, 'sha224', 'SHA-224'],
    [64, 'sha256', 'SHA-256'],
    [96, 'sha384', 'SHA-384'],
    [128, 'sha512', 'SHA-512'],
  ])('%i digits are %s, with or without its name', (length, algorithm, name) => {
    const expected = { algorithm, hex: digits(length).toLowerCase() };
    expect(parseChecksum(digits(length))).toEqual(expected);
    expect(parseChecksum(` {${name}}${digits(length)} `)).toEqual(expected);
    expect(parseChecksum(`{${algorithm}}${digits(length)}`)).toEqual(expected);
    expect(formatChecksum(parseChecksum(digits(length)))).toBe(`{${name}}${digits(length).toLowerCase()}`);
  });

  test.each([
    ['', 'is not a checksum'],
    ['not hex', 'is not a checksum'],
    ['{SHA-256}', 'is not a checksum'],
    [digits(30), 'has 30 digits'],
    [`{SHA-256}${digits(40)}`, 'a sum of SHA-256 has 64'],
    [`{CRC32}${digits(8)}`, 'the algorithm CRC32 is not known'],
  ])('%j is refused', (text, reason) => {
    expect(() => parseChecksum(text)).toThrow(reason);
  });
});
