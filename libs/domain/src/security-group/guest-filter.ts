// What the host lets through at one guest's card: from the rules of its security groups and the addresses of the groups they name.
import type { Ipv4, Ipv4Range } from '../network/ipv4.ts';
import { cidrOf, findIpv4, lastAddress } from '../network/ipv4.ts';
import { protocolNumber } from './protocols.ts';
import type { RuleDirection, RuleTraffic } from './security-rule.ts';

/** Opens a card to packets of new connections. Answers to what was let through need no rule. */
export interface FilterRule {
  /** As IANA numbers them; null: every protocol. */
  readonly protocol: number | null;
  /** Destination ports, both ends included. */
  readonly ports: { readonly start: number; readonly end: number } | null;
  /** A null in it stands for every type or code. */
  readonly icmp: { readonly type: number | null; readonly code: number | null } | null;
  /** Who may be at the other end: apart from each other, in ascending order, never empty. */
  readonly peers: readonly Ipv4Range[];
}

export interface GuestFilter {
  /** The card's interface on the host. */
  readonly tap: string;
  readonly mac: string;
  /** The only addresses that the card may speak for. */
  readonly ips: readonly Ipv4[];
  readonly ingress: readonly FilterRule[];
  readonly egress: readonly FilterRule[];
  /** Virtual routers: only they answer DHCP, and the guest always reaches them. */
  readonly routers: readonly Ipv4[];
}

export interface GroupRule extends RuleTraffic {
  readonly direction: RuleDirection;
  /** Exactly one of the two says who is at the other end. */
  readonly cidr: string | null;
  /** Addresses of the members of the group that the rule names. */
  readonly members: readonly Ipv4[] | null;
}

export interface FilteredCard {
  readonly tap: string;
  readonly mac: string;
  readonly ips: readonly Ipv4[];
  readonly routers: readonly Ipv4[];
  /** Rules of all its groups; null where the zone has no security groups: then only its identity is guarded. */
  readonly rules: readonly GroupRule[] | null;
}

const anywhere: Ipv4Range = { start: 0, end: 0xffffffff };
const everything: FilterRule = { protocol: null, ports: null, icmp: null, peers: [anywhere] };

/** In: what rules allow. Out: everything, until a rule for that direction exists; then what rules allow. */
export function compileGuestFilter({ tap, mac, ips, routers, rules }: FilteredCard): GuestFilter {
  const identity = { tap, mac: mac.toLowerCase(), ips: ascending(ips), routers: ascending(routers) };
  if (rules === null) return { ...identity, ingress: [everything], egress: [everything] };
  const egress = rules.filter(({ direction }) => direction === 'egress');
  return {
    ...identity,
    ingress: compileRules(rules.filter(({ direction }) => direction === 'ingress')),
    egress: egress.length === 0 ? [everything] : compileRules(egress),
  };
}

/** Rules for the same traffic become one; the order of rules means nothing, so it is always the same. */
function compileRules(rules: readonly GroupRule[]): FilterRule[] {
  const compiled = [...Map.groupBy(rules, trafficKey)].map(([key, alike]) => ({ key, rule: compileRule(alike) }));
  return compiled
    .filter(({ rule }) => rule.peers.length > 0)
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ rule }) => rule);
}

function compileRule(alike: readonly GroupRule[]): FilterRule {
  const { protocol, startPort, endPort, icmpType, icmpCode } = alike[0]!;
  return {
    protocol: protocolNumber(protocol),
    ports: startPort === null || endPort === null ? null : { start: startPort, end: endPort },
    icmp: icmpType === null ? null : { type: orEvery(icmpType), code: orEvery(icmpCode ?? -1) },
    peers: mergeRanges(alike.flatMap(peersOf)),
  };
}

function trafficKey({ protocol, startPort, endPort, icmpType, icmpCode }: GroupRule): string {
  return JSON.stringify([protocol, startPort, endPort, icmpType, icmpCode]);
}

function orEvery(value: number): number | null {
  return value === -1 ? null : value;
}

function peersOf({ cidr, members }: GroupRule): Ipv4Range[] {
  if (cidr === null) return (members ?? []).map((ip) => ({ start: ip, end: ip }));
  const [address = '', prefix = ''] = cidr.split('/');
  const subnet = cidrOf(findIpv4(address)!, Number(prefix));
  return [{ start: subnet.network, end: lastAddress(subnet) }];
}

/** The same addresses as ranges that neither overlap nor touch, in ascending order. */
export function mergeRanges(ranges: readonly Ipv4Range[]): Ipv4Range[] {
  const merged: { start: Ipv4; end: Ipv4 }[] = [];
  for (const { start, end } of ranges.toSorted((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (last && start <= last.end + 1) last.end = Math.max(last.end, end);
    else merged.push({ start, end });
  }
  return merged;
}

function ascending(ips: readonly Ipv4[]): Ipv4[] {
  return [...new Set(ips)].sort((a, b) => a - b);
}
