// Names that people give to things.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Problem } from './errors.ts';
import { parseAccountName, parseDisplayName, parseDomainName, parseTags } from './names.ts';

it('takes any printable name and trims it', () => {
  expect(parseDisplayName('  Zone 1 – Köln 🦆 ', 'name')).toBe('Zone 1 – Köln 🦆');
  expect(() => parseDisplayName('   ', 'name')).toThrow('name is empty');
  expect(() => parseDisplayName('a'.repeat(256), 'name')).toThrow('name has 256 characters; at most 255');
  expect(parseDisplayName('🦆'.repeat(255), 'name')).toHaveLength(510);
  for (const text of ['a\u0000b', 'a\nb', 'a\u2028b', 'a\u202eb', 'a\ud800'])
    expect(() => parseDisplayName(text, 'name')).toThrow('cannot be shown');
});

it('keeps account and domain names free of separators', () => {
  expect(parseAccountName('jane.doe@example.org', 'username')).toBe('jane.doe@example.org');
  for (const text of ['a b', 'a/b', '<b>', "o'hara", 'a;b'])
    expect(() => parseAccountName(text, 'username')).toThrow('cannot be an account or user name');
  expect(parseDomainName('Sales & Co', 'name')).toBe('Sales & Co');
  expect(() => parseDomainName('a/b', 'name')).toThrow('cannot be a domain name');
  expect(() => parseDomainName('root', 'name')).toThrow('ROOT is the name of the uppermost domain');
});

it('reads tags', () => {
  expect(parseTags(' ssd, fast ,ssd,,', 'hosttags')).toEqual(['ssd', 'fast']);
  expect(parseTags(undefined, 'hosttags')).toEqual([]);
  expect(() => parseTags('ssd,a b', 'hosttags')).toThrow('hosttags: "a b" cannot be a tag');
});

it('throws only problems', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 260 }), (text) => {
      for (const parse of [parseDisplayName, parseAccountName, parseDomainName]) {
        try {
          expect(parse(text, 'name').trim()).not.toBe('');
        } catch (error) {
          expect(error).toBeInstanceOf(Problem);
        }
      }
    }),
    { numRuns: 40 },
  );
});
