// Storage and host URLs, good and bad.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Problem } from '../errors.ts';
import { formatStorageUrl, parseHostUrl, parseStorageUrl } from './urls.ts';

describe('storage URLs', () => {
  it.each([
    ['nfs://10.0.0.5/export/primary', '10.0.0.5', '/export/primary'],
    ['NFS://Nfs1.Example.org/export//primary/', 'nfs1.example.org', '/export/primary'],
    ['nfs://[2001:db8::5]/a', '2001:db8::5', '/a'],
    ['nfs://nfs1/', 'nfs1', '/'],
  ])('reads %s', (text, server, path) => {
    expect(parseStorageUrl(text)).toEqual({ protocol: 'nfs', server, path });
    expect(parseStorageUrl(formatStorageUrl(parseStorageUrl(text)))).toEqual({ protocol: 'nfs', server, path });
  });

  it.each([
    ['10.0.0.5:/export', 'has no protocol'],
    ['iscsi://10.0.0.5/iqn', 'storage by iscsi is not supported'],
    ['nfs:///export', 'names no server'],
    ['nfs://10.0.0.5', 'names no exported folder'],
    ['nfs://10.0.0.5:/export', 'leave out the colon or port'],
    ['nfs://10.0.0.5:2049/export', 'leave out the colon or port'],
    ['nfs://[2001:db8::5]:2049/export', 'leave out the colon or port'],
    ['nfs://2001:db8::5/export', 'is neither an IPv4 address'],
    ['nfs://root@10.0.0.5/export', 'holds a user name'],
    ['nfs://10.0.0.5/export/../etc', 'must not contain "." or ".."'],
    ['nfs://10.0.0.5/export a', 'the path contains " "'],
    ['nfs://10.0.0.5/export;reboot', 'the path contains ";"'],
    ['nfs://10.0.0.5/export/a+b', 'the path contains "+"'],
    ['nfs://10.0.0.5/export/-o', 'may begin with -'],
    ['nfs://10.0.0.5/$(id)', 'the path contains "$"'],
    ['nfs://10.0.0.5/a?b#c', 'the path contains "?"'],
    ['nfs://10.0.0.500/export', 'is neither an IPv4 address'],
    ['nfs://-oro/export', 'is neither an IPv4 address'],
    [`nfs://10.0.0.5/${'a'.repeat(300)}`, 'at most 200'],
  ])('refuses %s', (text, reason) => {
    expect(() => parseStorageUrl(text)).toThrow(reason);
  });

  it('throws only problems and lets nothing odd through', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((tail) => `nfs://${tail}`),
          fc.string().map((tail) => `nfs://h/${tail}`),
        ),
        (text) => {
          try {
            const { server, path } = parseStorageUrl(text);
            expect(`${server}${path}`).toMatch(/^[a-z0-9.:-]+(\/|(\/[A-Za-z0-9._][A-Za-z0-9._-]*)+)$/);
            expect(server.startsWith('-')).toBe(false);
          } catch (error) {
            expect(error).toBeInstanceOf(Problem);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('host URLs', () => {
  it.each([
    ['http://kvm1.example.org', 'kvm1.example.org', undefined],
    ['http://10.0.0.11:2222/', '10.0.0.11', 2222],
    ['10.0.0.11', '10.0.0.11', undefined],
    ['http://[2001:db8::11]:22', '2001:db8::11', 22],
  ])('reads %s', (text, address, port) => {
    expect(parseHostUrl(text)).toEqual({ address, port });
  });

  it.each([
    '',
    'http://',
    'http://kvm1/path',
    'http://kvm1:0',
    'http://kvm1:65536',
    'http://root@kvm1',
    'ftp://kvm1',
    'http://kvm1:22:22',
    'http://2001:db8::1',
    'http://a b',
    'http://-oProxyCommand=x',
  ])('refuses %j', (text) => {
    expect(() => parseHostUrl(text)).toThrow(Problem);
  });

  it('repeats no password that stands in it', () => {
    expect(() => parseHostUrl('http://root:Secr3t/@x@kvm1')).toThrow(/^url "\*\*\*@kvm1": send user name and password as parameters/);
    expect(() => parseHostUrl('root:Secr3t@kvm1')).toThrow('url "***@kvm1"');
    expect(() => parseStorageUrl('nfs://root:Secr3t@10.0.0.5/export@1')).toThrow('url "nfs://***@10.0.0.5/export@1" holds a user name');
    expect(() => parseStorageUrl('smb://root:Secr3t@10.0.0.5/export')).toThrow('url "smb://***@10.0.0.5/export"');
  });
});
