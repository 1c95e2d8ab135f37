// Rules of security groups as clients send them.
import { describe, expect, it } from 'vitest';
import { parseProtocol, protocolNumber } from './protocols.ts';
import { parseRuleCidrs, parseRuleTraffic } from './security-rule.ts';

describe('a protocol', () => {
  it.each([
    ['TCP', 'tcp', 6],
    ['udp', 'udp', 17],
    ['Icmp', 'icmp', 1],
    ['ALL', 'all', null],
    ['6', 'tcp', 6],
    ['17', 'udp', 17],
    ['1', 'icmp', 1],
    ['47', '47', 47],
    ['0', '0', 0],
    ['255', '255', 255],
  ])('%s', (text, word, number) => {
    expect(parseProtocol(text)).toBe(word);
    expect(protocolNumber(word)).toBe(number);
  });

  it.each(['sctp!', '256', '-1', '', '6.0', 'constructor', '1e1'])('is not %j', (text) => {
    expect(() => parseProtocol(text)).toThrow(expect.objectContaining({ kind: 'invalid' }));
  });
});

describe('traffic', () => {
  it.each([
    [{}, { protocol: 'all', startPort: null, endPort: null, icmpType: null, icmpCode: null }],
    [
      { protocol: 'tcp', startport: 22 },
      { protocol: 'tcp', startPort: 22, endPort: 22 },
    ],
    [
      { protocol: 'udp', endport: 53 },
      { protocol: 'udp', startPort: 53, endPort: 53 },
    ],
    [
      { protocol: 'tcp', startport: 0, endport: 65_535 },
      { startPort: 0, endPort: 65_535 },
    ],
    [{ protocol: 'icmp' }, { protocol: 'icmp', startPort: null, icmpType: -1, icmpCode: -1 }],
    [
      { protocol: 'icmp', icmptype: 8, icmpcode: 0, startport: 5 },
      { startPort: null, icmpType: 8, icmpCode: 0 },
    ],
    [{ protocol: '47' }, { protocol: '47', startPort: null }],
  ])('%j', (params, expected) => {
    expect(parseRuleTraffic(params)).toMatchObject(expected);
  });

  it.each([
    [{ protocol: 'tcp' }, /startport and endport are missing/],
    [{ protocol: 'tcp', startport: 23, endport: 22 }, /must not be above/],
    [{ protocol: 'udp', startport: 65_536 }, /0 to 65535/],
    [{ protocol: 'tcp', startport: -1, endport: 5 }, /startport is -1/],
    [{ protocol: 'all', startport: 22 }, /need protocol TCP or UDP/],
    [{ startport: 22, endport: 22 }, /need protocol TCP or UDP/],
    [{ protocol: '47', endport: 22 }, /need protocol TCP or UDP/],
    [{ protocol: 'icmp', icmptype: 256 }, /icmptype is 256/],
    [{ protocol: 'icmp', icmpcode: 3 }, /codes belong to a type/],
  ])('refuses %j', (params, text) => {
    expect(() => parseRuleTraffic(params)).toThrow(text);
  });
});

it('reads lists of subnets', () => {
  expect(parseRuleCidrs(['10.0.0.0/8', ' 10.1.2.3', '10.1.2.3/24', '0.0.0.0/0', '10.0.0.0/8'])).toEqual([
    '10.0.0.0/8',
    '10.1.2.3/32',
    '10.1.2.0/24',
    '0.0.0.0/0',
  ]);
  for (const text of ['', '10.0.0.0/33', '10.0.0/8', '::/0', '10.0.0.0/8/8', '10.0.0.0/', '1.2.3.4; drop'])
    expect(() => parseRuleCidrs([text]), text).toThrow(/cidrlist/);
});
