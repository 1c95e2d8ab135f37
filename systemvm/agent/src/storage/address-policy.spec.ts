// Which addresses the one outbound client talks to.
import { describe, expect, it } from 'vitest';
import { AddressPolicy } from './address-policy.ts';

const refusal = (sites: readonly string[], address: string): string => {
  try {
    new AddressPolicy(sites).check(address, address);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('AddressPolicy', () => {
  it.each(['8.8.8.8', '185.199.108.153', '2606:50c0:8000::154'])('T11 lets %s pass', (address) => expect(refusal([], address)).toBe(''));

  it.each(['10.94.0.1', '192.168.1.1', '172.31.255.255', '100.64.0.1', 'fd00::1'])('T11 lets %s pass only when it is named', (address) => {
    expect(refusal([], address)).toContain('secstorage.allowed.internal.sites');
    expect(refusal(['10.94.0.0/24', '192.168.0.0/16', '172.16.0.0/12', '100.64.0.0/10', 'fd00::/8'], address)).toBe('');
  });

  it.each([
    '127.0.0.1',
    '169.254.169.254',
    '0.0.0.0',
    '224.0.0.1',
    '::1',
    '::',
    'fe80::1',
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
  ])('T11 never lets %s pass', (address) => expect(refusal(['0.0.0.0/0', '::/0'], address)).toContain('nothing is fetched from there'));
});
