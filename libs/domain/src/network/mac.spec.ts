// MAC addresses.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { systemMac } from '../system-vm/system-names.ts';
import { macOfNumber, parseChosenMac, parseMac } from './mac.ts';

it('makes locally administered unicast addresses, unique and stable', () => {
  expect(macOfNumber(0)).toBe('06:00:00:00:00:00');
  expect(macOfNumber(0x1_23_45_67_89)).toBe('06:01:23:45:67:89');
  expect(macOfNumber(2 ** 40 - 1)).toBe('06:ff:ff:ff:ff:ff');
  const sequence = fc.integer({ min: 0, max: 2 ** 40 - 1 });
  fc.assert(
    fc.property(sequence, sequence, (one, other) => {
      expect(macOfNumber(one) === macOfNumber(other)).toBe(one === other);
    }),
  );
  fc.assert(
    fc.property(sequence, (number) => {
      expect(parseMac(macOfNumber(number), 'mac')).toBe(macOfNumber(number));
    }),
  );
  for (const wrong of [-1, 2 ** 40, 1.5, Number.NaN]) expect(() => macOfNumber(wrong)).toThrow('not a 40-bit number');
});

it('reads the usual spellings and refuses the rest', () => {
  expect(parseMac('06-AB-cd-00-00-01', 'macaddress')).toBe('06:ab:cd:00:00:01');
  for (const text of ['', '06:00:00:00:00', '06:00-00:00:00:01', '0600.0000.0001', '06:00:00:00:00:0g', '06:00:00:00:00:01:02'])
    expect(() => parseMac(text, 'macaddress')).toThrow('is not a MAC address');
  expect(() => parseMac('01:00:5e:00:00:01', 'macaddress')).toThrow('multicast');
  expect(() => parseMac('00:00:00:00:00:00', 'macaddress')).toThrow('no address of a machine');
});

it('T29 leaves nobody the choice of an address that others have or will get', () => {
  expect(parseChosenMac('02-AB-cd-00-00-01', 'macaddress')).toBe('02:ab:cd:00:00:01');
  expect(() => parseChosenMac('00:1b:21:00:00:01', 'macaddress')).toThrow('real hardware');
  for (const text of [macOfNumber(77), systemMac(1, 1), 'fe:00:00:00:00:01'])
    expect(() => parseChosenMac(text, 'macaddress')).toThrow('given to machines here');
  expect(() => parseChosenMac('03:00:00:00:00:01', 'macaddress')).toThrow('multicast');
});
