// Rules for the control network; the lab spec beside proves that nft takes them and what they do to frames.
import { expect, it } from 'vitest';
import type { ControlCard } from '../../specs.ts';
import { controlRules } from './control-rules.ts';

const card: ControlCard = { tap: 'sct1z-0', mac: '0E:00:00:00:47:00', ip: '169.254.0.71' };

it('lets a card say its own addresses only, in a chain of its own', () => {
  const rules = controlRules([card, { ...card, tap: 'sct20-0', ip: '169.254.0.72' }]).split('\n');
  const judged = rules.filter((rule) => rule.startsWith('add rule bridge strata_control card-sct1z-0 '));
  expect(judged.map((rule) => rule.slice('add rule bridge strata_control card-sct1z-0 '.length))).toEqual([
    'ether saddr != 0e:00:00:00:47:00 drop',
    'arp htype 1 arp ptype ip arp operation { request, reply } arp saddr ether 0e:00:00:00:47:00 arp saddr ip 169.254.0.71 accept',
    'arp htype 1 arp ptype ip arp operation request arp saddr ether 0e:00:00:00:47:00 arp saddr ip 0.0.0.0 arp daddr ip 169.254.0.71 accept',
    'ether type 0x8035 ether daddr ff:ff:ff:ff:ff:ff accept',
    'ip saddr 169.254.0.71 accept',
    'drop',
  ]);
  expect(rules).toContain('add rule bridge strata_control arriving iifname "sct*" drop');
});

it('T09 refuses what could be more than a name or a number to nft', () => {
  for (const change of [{ tap: 'sgt1-0' }, { tap: 'sct1-0" ; flush ruleset' }, { mac: 'ff' }, { ip: '169.254.0.1 } ; drop' }, { ip: '' }])
    expect(() => controlRules([{ ...card, ...change }]), JSON.stringify(change)).toThrow(expect.objectContaining({ kind: 'refused' }));
});
