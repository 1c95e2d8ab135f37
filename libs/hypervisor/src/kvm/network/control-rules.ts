// Writes nftables rules for the control network of a host: a pure function of the cards on it. Reference: nft(8).
import { controlTapPrefix, findIpv4, formatIpv4 } from '@strata/domain';
import { DriverError } from '../../driver-error.ts';
import { type ControlCard, controlBridge } from '../../specs.ts';
import { checkControlTap, checkMac } from '../host-strings.ts';

const table = 'strata_control';

/**
 * One transaction. What comes in from the bridge is dropped unless it answers the host, and nothing is routed from or to it: this table is replaced
 * as a whole. In the one of family bridge each card has a chain of its own, so that machines that start at the same time leave each other's alone;
 * a card that has none says nothing.
 */
export function controlRules(cards: readonly ControlCard[]): string {
  return `${[...hostLines, ...baseLines, ...cards.flatMap(cardLines)].join('\n')}\n`;
}

const hostLines: readonly string[] = [
  `table inet ${table}`,
  `delete table inet ${table}`,
  `table inet ${table} {`,
  '  chain input {',
  '    type filter hook input priority -10; policy accept;',
  `    iifname "${controlBridge}" ct state established,related accept`,
  `    iifname "${controlBridge}" drop`,
  '  }',
  '  chain forward {',
  '    type filter hook forward priority -10; policy accept;',
  `    iifname "${controlBridge}" drop`,
  `    oifname "${controlBridge}" drop`,
  '  }',
  '}',
];

/** Judged before the bridge learns where a MAC address is. */
const baseLines: readonly string[] = [
  `add table bridge ${table}`,
  `add map bridge ${table} cards { type ifname : verdict; }`,
  `add chain bridge ${table} arriving { type filter hook prerouting priority -300; }`,
  `flush chain bridge ${table} arriving`,
  `add rule bridge ${table} arriving iifname vmap @cards`,
  `add rule bridge ${table} arriving iifname "${controlTapPrefix}*" drop`,
];

/** Only what the card may say about itself: its MAC and IPv4 address; no tags, no IPv6. */
function cardLines({ tap, mac, ip }: ControlCard): string[] {
  const chain = `card-${checkControlTap(tap)}`;
  const address = findIpv4(ip);
  if (address === undefined) throw new DriverError('refused', `${JSON.stringify(ip.slice(0, 80))} is no IPv4 address`);
  const own = { mac: checkMac(mac), ip: formatIpv4(address) };
  const rules = [
    `ether saddr != ${own.mac} drop`,
    `arp htype 1 arp ptype ip arp operation { request, reply } arp saddr ether ${own.mac} arp saddr ip ${own.ip} accept`,
    // Asking whether its own address is taken (RFC 5227).
    `arp htype 1 arp ptype ip arp operation request arp saddr ether ${own.mac} arp saddr ip 0.0.0.0 arp daddr ip ${own.ip} accept`,
    // QEMU tells by RARP where a machine is that has moved.
    'ether type 0x8035 ether daddr ff:ff:ff:ff:ff:ff accept',
    `ip saddr ${own.ip} accept`,
    'drop',
  ];
  return [
    `add chain bridge ${table} ${chain}`,
    `flush chain bridge ${table} ${chain}`,
    ...rules.map((rule) => `add rule bridge ${table} ${chain} ${rule}`),
    `add element bridge ${table} cards { "${tap}" : goto ${chain} }`,
  ];
}
