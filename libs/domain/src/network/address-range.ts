// The rules of address ranges: pods, guest, public and storage ranges.
import { problem } from '../errors.ts';
import * as ip from './ipv4.ts';

/** One row is kept per address, so a range has a bound. */
export const maxRangeAddresses = 65_536;

export interface RangeInput {
  readonly gateway: string;
  readonly netmask: string;
  readonly startIp: string;
  /** Absent: the range is the start address alone. */
  readonly endIp?: string | undefined;
}

export interface NamedRange {
  /** As the user knows it: `pod rack-1`, `guest range of network blue`. */
  readonly name: string;
  readonly startIp: string;
  readonly endIp: string;
}

export interface AddressRange extends ip.Ipv4Range {
  readonly cidr: ip.Cidr;
  readonly gateway: ip.Ipv4;
}

/**
 * Parameters are named as on the wire (gateway, netmask, startip, endip).
 * Throws `invalid` with the parameter, what is wrong with it and what to do.
 */
export function validateRange(input: RangeInput, existing: readonly NamedRange[] = []): AddressRange {
  const prefix = ip.parseNetmask(input.netmask, 'netmask');
  if (prefix < 8 || prefix > 30) {
    throw problem(
      'invalid',
      `netmask ${input.netmask} makes a subnet of prefix /${prefix}: choose one from /8 (255.0.0.0) to /30 (255.255.255.252)`,
    );
  }
  const { cidr, gateway } = subnet(input.gateway, prefix);
  const start = inside(cidr, input.startIp, 'startip');
  const end = input.endIp === undefined ? start : inside(cidr, input.endIp, 'endip');
  if (start > end) throw problem('invalid', `startip ${input.startIp} is after endip ${ip.formatIpv4(end)}: exchange the two`);
  const range = { start, end };
  if (ip.rangeContains(range, gateway)) {
    throw problem(
      'invalid',
      `gateway ${input.gateway} lies inside the range ${ip.formatRange(range)}: leave it out, as that address belongs to the router`,
    );
  }
  if (ip.rangeSize(range) > maxRangeAddresses) {
    throw problem(
      'invalid',
      `the range ${ip.formatRange(range)} has ${ip.rangeSize(range)} addresses; at most ${maxRangeAddresses} are possible in one: choose a nearer endip`,
    );
  }
  assertNoOverlap(range, existing);
  return { cidr, gateway, start, end };
}

/** Throws `invalid` naming the first of `existing` that has an address in common with `range`. */
function assertNoOverlap(range: ip.Ipv4Range, existing: readonly NamedRange[]): void {
  for (const other of existing) {
    const taken = { start: ip.parseIpv4(other.startIp, 'startip'), end: ip.parseIpv4(other.endIp, 'endip') };
    if (!ip.rangesOverlap(range, taken)) continue;
    const common = { start: Math.max(range.start, taken.start), end: Math.min(range.end, taken.end) };
    throw problem(
      'invalid',
      `startip to endip (${ip.formatRange(range)}) overlaps ${other.name} (${ip.formatRange(taken)}) in ${ip.formatRange(common)}: choose other addresses`,
    );
  }
}

/** Throws `invalid` unless ranges that share a wire either have the same subnet or no address in common. */
export function assertCompatibleSubnet(cidr: ip.Cidr, others: readonly { readonly name: string; readonly cidr: ip.Cidr }[]): void {
  const clash = others.find((other) => ip.cidrsOverlap(cidr, other.cidr) && ip.formatCidr(cidr) !== ip.formatCidr(other.cidr));
  if (clash)
    throw problem(
      'invalid',
      `gateway and netmask make the subnet ${ip.formatCidr(cidr)}, which overlaps ${ip.formatCidr(clash.cidr)} of ${clash.name} without being the same: correct the netmask or choose another subnet`,
    );
}

function subnet(gatewayText: string, prefix: number): { cidr: ip.Cidr; gateway: ip.Ipv4 } {
  const gateway = ip.parseIpv4(gatewayText, 'gateway');
  const cidr = ip.cidrOf(gateway, prefix);
  refuseUnusable(cidr, gateway, 'gateway');
  return { cidr, gateway };
}

function inside(cidr: ip.Cidr, text: string, parameter: string): ip.Ipv4 {
  const address = ip.parseIpv4(text, parameter);
  if (!ip.cidrContains(cidr, address)) {
    throw problem(
      'invalid',
      `${parameter} ${text} is outside the subnet ${ip.formatCidr(cidr)} of gateway and netmask: use addresses from ${ip.formatRange(ip.usableRange(cidr))}`,
    );
  }
  refuseUnusable(cidr, address, parameter);
  return address;
}

function refuseUnusable(cidr: ip.Cidr, address: ip.Ipv4, parameter: string): void {
  const text = ip.formatIpv4(address);
  if (!ip.isUnicastIpv4(address))
    throw problem(
      'invalid',
      `${parameter} ${text} cannot belong to a machine (loopback, multicast or reserved): use a private range such as 192.168.0.0/24`,
    );
  const advice = `use addresses from ${ip.formatRange(ip.usableRange(cidr))}`;
  if (address === cidr.network)
    throw problem('invalid', `${parameter} ${text} is the network address of ${ip.formatCidr(cidr)}: ${advice}`);
  if (address === ip.lastAddress(cidr))
    throw problem('invalid', `${parameter} ${text} is the broadcast address of ${ip.formatCidr(cidr)}: ${advice}`);
}
