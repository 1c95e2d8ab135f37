// VLAN numbers and ranges, good and bad.
import { describe, expect, it } from 'vitest';
import { countVlans, parseVlan, parseVlanRanges } from './vlan-numbers.ts';

describe('VLAN numbers', () => {
  it.each([
    [undefined, 'untagged'],
    ['', 'untagged'],
    ['Untagged', 'untagged'],
    ['vlan://untagged', 'untagged'],
    ['vlan://100', '100'],
    ['0042', '42'],
    ['4094', '4094'],
  ])('reads %j as %s', (text, vlan) => {
    expect(parseVlan(text)).toBe(vlan);
  });

  it.each(['0', '4095', '-1', '1.5', 'abc', '10-20', 'vxlan://5', '99999'])('refuses %s', (text) => {
    expect(() => parseVlan(text)).toThrow('from 1 to 4094');
  });
});

describe('VLAN ranges', () => {
  it.each([
    ['100-199', '100-199', 100],
    ['300,100-199', '100-199,300-300', 101],
    ['1-10, 5-20,21', '1-21', 21],
    ['1-4094', '1-4094', 4094],
  ])('reads %s as %s', (text, ranges, count) => {
    expect(parseVlanRanges(text)).toBe(ranges);
    expect(countVlans(ranges)).toBe(count);
  });

  it.each(['', '-', '20-10', '0-5', '5-4095', 'a-b', '1-2-3', '1,,2'])('refuses "%s"', (text) => {
    expect(() => parseVlanRanges(text)).toThrow('is not a range of VLANs');
  });
});
