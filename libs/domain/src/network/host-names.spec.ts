// Host names and server addresses.
import { expect, it } from 'vitest';
import { assertGuestHostName, assertNetworkDomain, isDnsName, isFullyQualified, isIpv6, parseServerAddress } from './host-names.ts';

it('reads names as the DNS does', () => {
  for (const name of ['kvm1', 'a', '1a', 'kvm1.example.org', 'KVM-1.Example.ORG', '3com.com', `${'a'.repeat(63)}.b`])
    expect(isDnsName(name), name).toBe(true);
  for (const name of [
    '',
    '-a',
    'a-',
    'a..b',
    'a.',
    '.a',
    'a_b',
    'a b',
    '10.0.0.300',
    '1',
    'ä',
    `${'a'.repeat(64)}`,
    Array(130).fill('aa').join('.'),
  ])
    expect(isDnsName(name), name).toBe(false);
});

it('CS-25 tells full names from short and made-up ones', () => {
  for (const name of ['kvm1.example.org', 'kvm1.lab.internal', 'srv1.cloud.priv']) expect(isFullyQualified(name), name).toBe(true);
  for (const name of ['kvm1', 'localhost', 'localhost.localdomain', 'kvm1.localdomain', ''])
    expect(isFullyQualified(name), name).toBe(false);
});

it('reads IPv6 addresses', () => {
  for (const text of ['::', '::1', 'fe80::1', '2001:db8:0:0:0:0:0:1', '1:2:3:4:5:6:7::', '::ffff:10.0.0.1', '64:ff9b::192.0.2.33'])
    expect(isIpv6(text), text).toBe(true);
  for (const text of [
    '',
    ':',
    ':::',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1::2::3',
    'fe80::1%eth0',
    '12345::',
    'g::',
    '1:2:3:4:5:6:7:8::',
    '::10.0.0',
    '10.0.0.1',
    '::10.0.0.01',
    ':1:2:3:4:5:6:7',
  ])
    expect(isIpv6(text), text).toBe(false);
});

it('accepts server addresses of three kinds', () => {
  expect(parseServerAddress('NFS1.example.org', 'url')).toBe('nfs1.example.org');
  expect(parseServerAddress('10.0.0.5', 'url')).toBe('10.0.0.5');
  expect(parseServerAddress('[2001:DB8::5]', 'url')).toBe('2001:db8::5');
  for (const text of ['', '10.0.0.256', '2001:db8::5', '[10.0.0.1]', 'a b', '-o', '$(id)'])
    expect(() => parseServerAddress(text, 'url'), text).toThrow('url: ');
});

it('checks host names of machines and network domains', () => {
  for (const name of ['web', 'Web-1', 'a', 'a'.repeat(63)]) expect(() => assertGuestHostName(name, 'name')).not.toThrow();
  for (const name of ['', '1web', 'web-', '-web', 'we_b', 'web.example', 'wéb', 'a'.repeat(64), 'web\n'])
    expect(() => assertGuestHostName(name, 'name'), name).toThrow('cannot be a host name');
  expect(() => assertNetworkDomain('cs1.cloud.internal', 'networkdomain')).not.toThrow();
  expect(() => assertNetworkDomain('a..b', 'networkdomain')).toThrow('networkdomain "a..b" is not a DNS domain');
});
