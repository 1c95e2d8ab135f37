// Rules for guests' cards against a golden file; the lab proves that nft takes them and what they do to frames.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { GuestFilterSpec } from '../../specs.ts';
import { filterRules, noFilterRules } from './filter-rules.ts';

const filter: GuestFilterSpec = {
  tap: 'sgt1z-0',
  bridge: 'cloudbr0',
  mac: '06:00:00:00:47:00',
  ips: [0x0a010010],
  routers: [0x0a010002, 0x0a010003],
  ingress: [
    { protocol: 6, ports: { start: 22, end: 22 }, icmp: null, peers: [{ start: 0x0a000000, end: 0x0affffff }] },
    { protocol: 1, ports: null, icmp: { type: 8, code: null }, peers: [{ start: 0, end: 0xffffffff }] },
  ],
  egress: [{ protocol: 17, ports: { start: 53, end: 53 }, icmp: null, peers: [{ start: 0x01010101, end: 0x01010101 }] }],
};
const golden = (name: string): string => readFileSync(join(import.meta.dirname, 'golden', name), 'utf8');

it('writes the rules of a card', () => {
  expect(filterRules([filter])).toBe(golden('filters.one-card.nft'));
});

it('writes what removes them', () => {
  expect(noFilterRules(['sgt1z-0'])).toBe(golden('filters.none.nft'));
});

it('lets a card without an address only ask for one', () => {
  const rules = filterRules([{ ...filter, ips: [] }]).split('\n');
  const identity = rules.filter((rule) => rule.includes('identity-sgt1z-0 ') && rule.endsWith(' accept'));
  expect(identity.map((rule) => rule.replace(/.*identity-sgt1z-0 /, ''))).toEqual([
    'ether type 0x8035 ether daddr ff:ff:ff:ff:ff:ff accept',
    'ip saddr 0.0.0.0 ip daddr 255.255.255.255 udp sport 68 udp dport 67 accept',
  ]);
});

it('T09 refuses what could be more than a name or a number to nft', () => {
  for (const change of [
    { tap: 'sgt1-0 } ; drop' },
    { tap: 'eth0' },
    { tap: 'sgt12345678901-0' },
    { bridge: '"' },
    { mac: 'ff' },
    { ingress: [{ protocol: 1.5, ports: null, icmp: null, peers: [{ start: 1, end: 2 }] }] },
  ])
    expect(() => filterRules([{ ...filter, ...change }]), JSON.stringify(change)).toThrow(expect.objectContaining({ kind: 'refused' }));
});
