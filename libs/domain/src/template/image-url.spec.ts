// Addresses of images: web addresses of files and nothing else.
import { describe, expect, it } from 'vitest';
import { parseImageUrl } from './image-url.ts';

describe('parseImageUrl', () => {
  it('takes web addresses and drops what no server sees', () => {
    expect(parseImageUrl(' HTTPS://Example.org/a%20b.qcow2?x=1#top ')).toBe('https://example.org/a%20b.qcow2?x=1');
    expect(parseImageUrl('http://[2001:db8::1]:8080/i.iso')).toBe('http://[2001:db8::1]:8080/i.iso');
  });

  it.each([
    '',
    'nonsense',
    '/etc/shadow',
    'file:///etc/shadow',
    'gopher://x/1',
    'ftp://x/y',
    'http://x/y.metalink',
    `http://x/${'a'.repeat(2048)}`,
  ])('T11 refuses %s', (url) => expect(() => parseImageUrl(url)).toThrow(expect.objectContaining({ kind: 'invalid' })));

  it('does not repeat a password', () => {
    expect(() => parseImageUrl('http://joe:secret@example.org/x')).toThrow(/holds a user name/);
    expect(() => parseImageUrl('http://joe:secret@example.org/x')).not.toThrow(/secret/);
  });
});
