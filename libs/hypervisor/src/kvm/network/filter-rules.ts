// Writes nftables rules for guests' cards: a pure function of their filters. Reference: https://wiki.nftables.org, nft(8).
import { formatIpv4, formatRange, type FilterRule, guestTapPrefix } from '@strata/domain';
import { DriverError } from '../../driver-error.ts';
import type { GuestFilterSpec } from '../../specs.ts';
import { checkBridge, checkMac, checkTap } from '../host-strings.ts';

/** Both tables of ours: frames are filtered in the one of family bridge, the one of family ip tells it which are answers. */
export const filterTable = 'strata';
/** Set on packets that answer a connection that was let through, while they cross the bridge. */
const answerMark = '0x08000000';
const otherMarks = '0xf7ffffff';

/** The stages that a frame passes, each with a chain per card that the map of the same name leads to. */
const stages = ['identity', 'egress', 'ingress'] as const;
type Stage = (typeof stages)[number];

/**
 * What all cards share. The bridge family has no connection tracking of its own in many kernels (CONFIG_NF_CONNTRACK_BRIDGE), so br_netfilter
 * lends it that of IPv4: it runs the hooks of family ip at priority 0 of the bridge's prerouting. Forged frames are dropped before (-300), so that
 * they never reach anybody's connections; the rest is judged after (100), and on its way out to a card (postrouting, which frames of the host
 * itself pass as well) before a connection that is refused would be remembered.
 */
function baseLines(bridges: readonly string[]): string[] {
  const chain = (family: string, name: string, hook: string, priority: number, rules: readonly string[]) => [
    `add chain ${family} ${filterTable} ${name} { type filter hook ${hook} priority ${priority}; }`,
    `flush chain ${family} ${filterTable} ${name}`,
    ...rules.map((rule) => `add rule ${family} ${filterTable} ${name} ${rule}`),
  ];
  const answers = (interfaceKey: string) => [
    `${interfaceKey} @bridges ct direction reply meta mark set meta mark | ${answerMark}`,
    `${interfaceKey} @bridges ct state related meta mark set meta mark | ${answerMark}`,
  ];
  const side = { identity: 'iifname', egress: 'iifname', ingress: 'oifname' } as const;
  const judge = (stage: Stage) => [`${side[stage]} vmap @${stage}`, `${side[stage]} "${guestTapPrefix}*" drop`];
  return [
    `add table ip ${filterTable}`,
    `add set ip ${filterTable} bridges { type ifname; }`,
    ...bridges.map((bridge) => `add element ip ${filterTable} bridges { "${checkBridge(bridge)}" }`),
    ...chain('ip', 'arriving', 'prerouting', -150, answers('iifname')),
    ...chain('ip', 'leaving', 'output', -150, answers('oifname')),
    `add table bridge ${filterTable}`,
    ...stages.map((stage) => `add map bridge ${filterTable} ${stage} { type ifname : verdict; }`),
    ...chain('bridge', 'arriving', 'prerouting', -300, judge('identity')),
    ...chain('bridge', 'arrived', 'prerouting', 100, judge('egress')),
    // The host's own routing must not see the mark.
    ...chain('bridge', 'taken', 'input', 0, [`meta mark & ${answerMark} != 0 meta mark set meta mark & ${otherMarks}`]),
    ...chain('bridge', 'leaving', 'postrouting', 0, judge('ingress')),
  ];
}

/** One transaction that leaves exactly these rules for these cards, whatever was there before; other cards keep theirs. */
export function filterRules(filters: readonly GuestFilterSpec[]): string {
  return lines([...baseLines([...new Set(filters.map(({ bridge }) => bridge))]), ...filters.flatMap(cardLines)]);
}

/** One transaction that leaves no rules for these cards, whether there were any or not: then nothing passes them. */
export function noFilterRules(taps: readonly string[]): string {
  return lines([
    ...baseLines([]),
    ...taps.flatMap((tap) =>
      stages.flatMap((stage) => [
        ...emptyChain(tap, stage),
        `delete element bridge ${filterTable} ${stage} { "${tap}" }`,
        `delete chain bridge ${filterTable} ${chainOf(tap, stage)}`,
      ]),
    ),
  ]);
}

function cardLines(filter: GuestFilterSpec): string[] {
  const rules = { identity: identityRules(filter), egress: egressRules(filter), ingress: ingressRules(filter) };
  return stages.flatMap((stage) => [
    ...emptyChain(filter.tap, stage),
    ...rules[stage].map((rule) => `add rule bridge ${filterTable} ${chainOf(filter.tap, stage)} ${rule}`),
  ]);
}

function emptyChain(tap: string, stage: Stage): string[] {
  const chain = chainOf(checkTap(tap), stage);
  return [
    `add chain bridge ${filterTable} ${chain}`,
    `flush chain bridge ${filterTable} ${chain}`,
    `add element bridge ${filterTable} ${stage} { "${tap}" : goto ${chain} }`,
  ];
}

function chainOf(tap: string, stage: Stage): string {
  return `${stage}-${tap}`;
}

/** Only what the card may say about itself: its MAC and IPv4 addresses, no tags, no IPv6, no DHCP answers. */
function identityRules({ mac, ips }: GuestFilterSpec): string[] {
  const own = checkMac(mac);
  const asked = 'ip saddr 0.0.0.0 ip daddr 255.255.255.255 udp sport 68 udp dport 67 accept';
  const addresses = ips.length === 0 ? undefined : `{ ${ips.map(formatIpv4).join(', ')} }`;
  return [
    `ether saddr != ${own} drop`,
    'ether type { 8021q, 8021ad } drop',
    'arp htype != 1 drop',
    'arp ptype != ip drop',
    ...(addresses === undefined
      ? []
      : [
          // Asking whether its own address is taken (RFC 5227): who asks so for another's keeps that one from using it.
          `arp operation request arp saddr ether ${own} arp saddr ip 0.0.0.0 arp daddr ip ${addresses} accept`,
          `arp operation { request, reply } arp saddr ether ${own} arp saddr ip ${addresses} accept`,
        ]),
    // QEMU tells switches by RARP where a migrated guest is.
    'ether type 0x8035 ether daddr ff:ff:ff:ff:ff:ff accept',
    asked,
    ...(addresses === undefined ? [] : ['udp sport 67 drop', `ip saddr ${addresses} accept`]),
    'drop',
  ];
}

function egressRules({ routers, egress }: GuestFilterSpec): string[] {
  return [
    // Whatever else there is has shown its identity.
    'ether type != ip accept',
    'ip saddr 0.0.0.0 accept',
    `meta mark & ${answerMark} != 0 accept`,
    ...(routers.length === 0 ? [] : [`ip daddr { ${routers.map(formatIpv4).join(', ')} } accept`]),
    ...egress.map((rule) => `${traffic(rule, 'daddr')} accept`),
    'drop',
  ];
}

function ingressRules({ mac, routers, ingress }: GuestFilterSpec): string[] {
  const routed = routers.length === 0 ? [] : [`ip saddr { ${routers.map(formatIpv4).join(', ')} } udp sport 67 udp dport 68 accept`];
  return [
    'ether type arp accept',
    'ether type != ip drop',
    // Frames for others that the bridge sends everywhere because it does not know where they are.
    `ether daddr & 01:00:00:00:00:00 == 00:00:00:00:00:00 ether daddr != ${checkMac(mac)} drop`,
    ...routed,
    'udp sport 67 udp dport 68 drop',
    `meta mark & ${answerMark} != 0 accept`,
    ...ingress.map((rule) => `${traffic(rule, 'saddr')} accept`),
    'drop',
  ];
}

function traffic({ protocol, ports, icmp, peers }: FilterRule, end: 'saddr' | 'daddr'): string {
  const isEverybody = peers.length === 1 && peers[0]!.start === 0 && peers[0]!.end === 0xffffffff;
  const parts = [isEverybody ? 'ether type ip' : `ip ${end} { ${peers.map(formatRange).join(', ')} }`];
  if (protocol !== null && !Number.isInteger(protocol)) throw new DriverError('refused', `${protocol} is no IP protocol`);
  if (ports !== null) parts.push(`${protocol === 17 ? 'udp' : 'tcp'} dport ${ports.start}-${ports.end}`);
  else if (icmp !== null && icmp.type !== null) parts.push(`icmp type ${icmp.type}${icmp.code === null ? '' : ` icmp code ${icmp.code}`}`);
  else if (protocol !== null) parts.push(`ip protocol ${protocol}`);
  return parts.join(' ');
}

function lines(texts: readonly string[]): string {
  return `${texts.join('\n')}\n`;
}
