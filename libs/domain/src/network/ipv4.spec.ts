// IPv4 arithmetic.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as ip from './ipv4.ts';

const address = fc.integer({ min: 0, max: 0xffffffff });
const prefix = fc.integer({ min: 0, max: 32 });

describe('addresses', () => {
  it('reads what it writes', () => {
    fc.assert(
      fc.property(address, (value) => {
        expect(ip.findIpv4(ip.formatIpv4(value))).toBe(value);
      }),
    );
  });

  it.each([
    '',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    '01.2.3.4',
    '1.2.3.04',
    '0x1.2.3.4',
    ' 1.2.3.4',
    '1.2.3.4\n',
    '1.2.3.-4',
    '١.2.3.4',
    '1.2.3.4/24',
  ])('refuses %j', (text) => {
    expect(ip.findIpv4(text)).toBeUndefined();
    expect(() => ip.parseIpv4(text, 'gateway')).toThrow(/^gateway ".*" is not an IPv4 address/s);
  });

  it('knows which a machine can own', () => {
    const unicast = (text: string) => ip.isUnicastIpv4(ip.parseIpv4(text, 'x'));
    expect(['1.0.0.1', '10.0.0.0', '223.255.255.255', '169.254.1.1'].map(unicast)).toEqual([true, true, true, true]);
    expect(['0.0.0.0', '127.0.0.1', '224.0.0.1', '255.255.255.255'].map(unicast)).toEqual([false, false, false, false]);
  });
});

describe('netmasks and subnets', () => {
  it('turns prefixes into netmasks and back', () => {
    for (let bits = 0; bits <= 32; bits++) expect(ip.prefixOfNetmask(ip.netmaskOfPrefix(bits))).toBe(bits);
    expect(ip.formatIpv4(ip.netmaskOfPrefix(20))).toBe('255.255.240.0');
    expect(() => ip.parseNetmask('255.0.255.0', 'netmask')).toThrow('netmask "255.0.255.0" is not a netmask');
    expect(ip.parseNetmask('0.0.0.0', 'netmask')).toBe(0);
  });

  it('accepts exactly 33 netmasks', () => {
    const oneBitOff = fc.tuple(prefix, fc.integer({ min: 0, max: 31 })).map(([bits, bit]) => (ip.netmaskOfPrefix(bits) ^ (1 << bit)) >>> 0);
    fc.assert(
      fc.property(fc.oneof(address, oneBitOff), (value) => {
        expect(ip.prefixOfNetmask(value) !== undefined).toBe(/^1*0*$/.test(value.toString(2).padStart(32, '0')));
      }),
    );
  });

  it('reads subnets strictly', () => {
    expect(ip.formatCidr(ip.parseCidr('10.1.0.0/16', 'cidr'))).toBe('10.1.0.0/16');
    expect(() => ip.parseCidr('10.1.2.0/16', 'cidr')).toThrow('did you mean 10.1.0.0/16?');
    for (const text of ['10.1.0.0', '10.1.0.0/33', '10.1.0.0/016', '10.1.0.0/16/1', '10.1.0.0/ 16', '/8'])
      expect(() => ip.parseCidr(text, 'cidr')).toThrow('is not a subnet');
  });

  it('contains its own addresses and no other', () => {
    fc.assert(
      fc.property(address, address, prefix, (base, other, bits) => {
        const cidr = ip.cidrOf(base, bits);
        expect(ip.cidrContains(cidr, base)).toBe(true);
        expect(ip.cidrContains(cidr, other)).toBe(other >= cidr.network && other <= ip.lastAddress(cidr));
      }),
    );
  });

  it('overlaps exactly when the ranges do', () => {
    fc.assert(
      fc.property(address, prefix, address, prefix, (a, aBits, b, bBits) => {
        const [one, two] = [ip.cidrOf(a, aBits), ip.cidrOf(b, bBits)];
        const whole = (cidr: ip.Cidr) => ({ start: cidr.network, end: ip.lastAddress(cidr) });
        expect(ip.cidrsOverlap(one, two)).toBe(ip.rangesOverlap(whole(one), whole(two)));
      }),
    );
  });

  it('knows the usable addresses, also of /31 and /32', () => {
    const usable = (text: string) => ip.formatRange(ip.usableRange(ip.parseCidr(text, 'x')));
    expect(usable('192.168.0.0/24')).toBe('192.168.0.1-192.168.0.254');
    expect(usable('192.168.0.4/30')).toBe('192.168.0.5-192.168.0.6');
    expect(usable('192.168.0.4/31')).toBe('192.168.0.4-192.168.0.5');
    expect(usable('192.168.0.4/32')).toBe('192.168.0.4');
    expect(usable('128.0.0.0/1')).toBe('128.0.0.1-255.255.255.254');
  });
});

it('walks through a range', () => {
  const range = { start: ip.parseIpv4('10.0.0.254', 'x'), end: ip.parseIpv4('10.0.1.1', 'x') };
  expect([...ip.addressesOf(range)].map(ip.formatIpv4)).toEqual(['10.0.0.254', '10.0.0.255', '10.0.1.0', '10.0.1.1']);
  expect(ip.rangeSize(range)).toBe(4);
});
