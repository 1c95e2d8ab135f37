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

  it.each([
    ['http://127.0.0.1/x', '127.0.0.1'],
    ['http://169.254.169.254/latest/x', '169.254.169.254'],
    ['https://[::1]:8443/x', '::1'],
    ['http://[fe80::1]/x', 'fe80::1'],
    ['http://[::ffff:7f00:1]/x', '::ffff:7f00:1'],
    ['http://LocalHost:80/x', 'localhost'],
  ])('T11 refuses %s, from where nothing is ever fetched', (url, server) =>
    expect(() => parseImageUrl(url)).toThrow(
      `parameter url: ${server} is a loopback, link-local or special address: nothing is fetched from there`,
    ),
  );

  it.each([
    'http://10.0.0.5/x',
    'http://128.0.0.1/x',
    'http://[2001:db8::1]/x',
    'http://[2001:db8::ffff:1]/x',
    'http://localhost.example.org/x',
  ])('leaves %s to who fetches', (url) => expect(parseImageUrl(url)).toBe(url));

  it('does not repeat a password', () => {
    expect(() => parseImageUrl('http://joe:secret@example.org/x')).toThrow(/holds a user name/);
    expect(() => parseImageUrl('http://joe:secret@example.org/x')).not.toThrow(/secret/);
  });
});
