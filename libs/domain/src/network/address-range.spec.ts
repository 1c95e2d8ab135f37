// Address ranges: every way to get them wrong, with the text the user reads.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Problem } from '../errors.ts';
import { assertCompatibleSubnet, maxRangeAddresses, type RangeInput, validateRange } from './address-range.ts';
import { cidrContains, formatCidr, formatIpv4, formatRange, parseCidr, rangeContains, rangeSize } from './ipv4.ts';

const good: RangeInput = { gateway: '192.168.0.1', netmask: '255.255.255.0', startIp: '192.168.0.10', endIp: '192.168.0.20' };

describe('validateRange', () => {
  it('accepts a good range', () => {
    const range = validateRange(good);
    expect(formatCidr(range.cidr)).toBe('192.168.0.0/24');
    expect(formatRange(range)).toBe('192.168.0.10-192.168.0.20');
    expect(rangeSize(validateRange({ ...good, endIp: undefined }))).toBe(1);
  });

  it.each<[string, Partial<RangeInput>, string]>([
    ['start after end', { endIp: '192.168.0.9' }, 'startip 192.168.0.10 is after endip 192.168.0.9: exchange the two'],
    [
      'start outside',
      { startIp: '192.168.1.10' },
      'startip 192.168.1.10 is outside the subnet 192.168.0.0/24 of gateway and netmask: use addresses from 192.168.0.1-192.168.0.254',
    ],
    ['end outside', { endIp: '192.168.1.10' }, 'endip 192.168.1.10 is outside'],
    ['gateway inside', { gateway: '192.168.0.15' }, 'gateway 192.168.0.15 lies inside the range 192.168.0.10-192.168.0.20'],
    ['network address', { startIp: '192.168.0.0' }, 'startip 192.168.0.0 is the network address of 192.168.0.0/24'],
    ['broadcast address', { endIp: '192.168.0.255' }, 'endip 192.168.0.255 is the broadcast address'],
    ['gateway is the network address', { gateway: '192.168.0.0' }, 'gateway 192.168.0.0 is the network address'],
    ['loopback', { gateway: '127.0.0.1' }, 'gateway 127.0.0.1 cannot belong to a machine'],
    ['bad netmask', { netmask: '255.0.255.0' }, 'netmask "255.0.255.0" is not a netmask'],
    ['no room', { netmask: '255.255.255.254' }, 'netmask 255.255.255.254 makes a subnet of prefix /31: choose one from /8'],
    ['not an address', { startIp: 'ten' }, 'startip "ten" is not an IPv4 address'],
    [
      'too many',
      { gateway: '10.0.0.1', netmask: '255.0.0.0', startIp: '10.0.0.2', endIp: '10.200.0.0' },
      `at most ${maxRangeAddresses} are possible`,
    ],
  ])('refuses: %s', (_name, change, text) => {
    expect(() => validateRange({ ...good, ...change })).toThrow(text);
  });

  it('names the range that it overlaps and the addresses in common', () => {
    const existing = [
      { name: 'pod rack-1', startIp: '192.168.0.30', endIp: '192.168.0.40' },
      { name: 'pod rack-2', startIp: '192.168.0.20', endIp: '192.168.0.25' },
    ];
    expect(() => validateRange(good, existing)).toThrow(
      'startip to endip (192.168.0.10-192.168.0.20) overlaps pod rack-2 (192.168.0.20-192.168.0.25) in 192.168.0.20: choose other addresses',
    );
    expect(() => validateRange(good, existing.slice(0, 1))).not.toThrow();
  });

  it('throws only problems, and what it accepts keeps all rules', () => {
    const near = fc.integer({ min: 0, max: 600 }).map((low) => formatIpv4(0x0a000000 + low));
    const text = fc.oneof({ weight: 9, arbitrary: near }, { weight: 1, arbitrary: fc.string() });
    const mask = fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom('255.255.255.0', '255.255.254.0', '255.255.255.252') },
      { weight: 1, arbitrary: fc.ipV4() },
    );
    fc.assert(
      fc.property(text, mask, text, text, (gateway, netmask, startIp, endIp) => {
        try {
          const range = validateRange({ gateway, netmask, startIp, endIp });
          expect(range.start).toBeLessThanOrEqual(range.end);
          expect(
            cidrContains(range.cidr, range.start) && cidrContains(range.cidr, range.end) && cidrContains(range.cidr, range.gateway),
          ).toBe(true);
          expect(rangeContains(range, range.gateway)).toBe(false);
        } catch (error) {
          expect(error).toBeInstanceOf(Problem);
          expect((error as Problem).kind).toBe('invalid');
        }
      }),
      { numRuns: 1000 },
    );
  });
});

it('refuses a subnet that half overlaps another on the same wire', () => {
  const others = [{ name: 'pod rack-1', cidr: parseCidr('192.168.0.0/24', 'x') }];
  expect(() => assertCompatibleSubnet(parseCidr('192.168.0.0/23', 'x'), others)).toThrow('overlaps 192.168.0.0/24 of pod rack-1');
  expect(() => assertCompatibleSubnet(parseCidr('192.168.0.0/24', 'x'), others)).not.toThrow();
  expect(() => assertCompatibleSubnet(parseCidr('192.168.1.0/24', 'x'), others)).not.toThrow();
});
