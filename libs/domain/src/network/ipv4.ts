// IPv4 addresses, netmasks, subnets and ranges as plain 32-bit numbers.
import { problem } from '../errors.ts';

/** An address as an unsigned 32-bit number. */
export type Ipv4 = number;

export interface Cidr {
  /** The lowest address: all host bits are zero. */
  readonly network: Ipv4;
  /** 0 to 32. */
  readonly prefix: number;
}

/** Both ends belong to it. */
export interface Ipv4Range {
  readonly start: Ipv4;
  readonly end: Ipv4;
}

const octet = '(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])';
const dottedQuad = new RegExp(`^${octet}\\.${octet}\\.${octet}\\.${octet}$`);

/** Four decimal numbers without leading zeros; anything else (octal, hexadecimal, short forms, blanks) is undefined. */
export function findIpv4(text: string): Ipv4 | undefined {
  const match = dottedQuad.exec(text);
  if (!match) return undefined;
  return match.slice(1).reduce((sum, part) => sum * 256 + Number(part), 0);
}

export function parseIpv4(text: string, parameter: string): Ipv4 {
  const address = findIpv4(text);
  if (address === undefined)
    throw problem(
      'invalid',
      `${parameter} "${text}" is not an IPv4 address: write four numbers from 0 to 255 with dots, such as 192.168.0.10`,
    );
  return address;
}

export function formatIpv4(address: Ipv4): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.');
}

/** Neither 0.x, loopback, multicast nor reserved: an address that a machine can own. */
export function isUnicastIpv4(address: Ipv4): boolean {
  const first = address >>> 24;
  return first >= 1 && first <= 223 && first !== 127;
}

export function netmaskOfPrefix(prefix: number): Ipv4 {
  return prefix === 0 ? 0 : (0xffffffff << (32 - prefix)) >>> 0;
}

/** Undefined when the mask's ones are not contiguous. */
export function prefixOfNetmask(netmask: Ipv4): number | undefined {
  const prefix = netmask === 0 ? 0 : Math.clz32(~netmask >>> 0);
  return netmaskOfPrefix(prefix) === netmask ? prefix : undefined;
}

export function parseNetmask(text: string, parameter: string): number {
  const netmask = findIpv4(text);
  const prefix = netmask === undefined ? undefined : prefixOfNetmask(netmask);
  if (prefix === undefined)
    throw problem('invalid', `${parameter} "${text}" is not a netmask: write one such as 255.255.255.0, all ones before all zeros`);
  return prefix;
}

/** The subnet of that size which `address` lies in. */
export function cidrOf(address: Ipv4, prefix: number): Cidr {
  return { network: (address & netmaskOfPrefix(prefix)) >>> 0, prefix };
}

/** `10.1.0.0/16`; the host bits must be zero. */
export function parseCidr(text: string, parameter: string): Cidr {
  const [addressText = '', prefixText = '', ...rest] = text.split('/');
  const address = findIpv4(addressText);
  if (address === undefined || rest.length > 0 || !/^(3[0-2]|[12]?[0-9])$/.test(prefixText)) {
    throw problem('invalid', `${parameter} "${text}" is not a subnet: write it as address/prefix, such as 10.1.1.0/24`);
  }
  const cidr = cidrOf(address, Number(prefixText));
  if (cidr.network !== address)
    throw problem('invalid', `${parameter} "${text}" has bits set after its prefix: did you mean ${formatCidr(cidr)}?`);
  return cidr;
}

export function formatCidr(cidr: Cidr): string {
  return `${formatIpv4(cidr.network)}/${cidr.prefix}`;
}

/** The highest address: the broadcast address of subnets up to /30. */
export function lastAddress(cidr: Cidr): Ipv4 {
  return (cidr.network | ~netmaskOfPrefix(cidr.prefix)) >>> 0;
}

export function cidrContains(cidr: Cidr, address: Ipv4): boolean {
  return cidrOf(address, cidr.prefix).network === cidr.network;
}

export function cidrsOverlap(one: Cidr, other: Cidr): boolean {
  return one.prefix <= other.prefix ? cidrContains(one, other.network) : cidrContains(other, one.network);
}

/** Without network and broadcast address; in a /31 and /32 every address is usable (RFC 3021). */
export function usableRange(cidr: Cidr): Ipv4Range {
  if (cidr.prefix >= 31) return { start: cidr.network, end: lastAddress(cidr) };
  return { start: cidr.network + 1, end: lastAddress(cidr) - 1 };
}

export function rangeSize(range: Ipv4Range): number {
  return range.end - range.start + 1;
}

export function rangeContains(range: Ipv4Range, address: Ipv4): boolean {
  return address >= range.start && address <= range.end;
}

export function rangesOverlap(one: Ipv4Range, other: Ipv4Range): boolean {
  return one.start <= other.end && other.start <= one.end;
}

export function formatRange(range: Ipv4Range): string {
  return range.start === range.end ? formatIpv4(range.start) : `${formatIpv4(range.start)}-${formatIpv4(range.end)}`;
}

export function* addressesOf(range: Ipv4Range): Generator<Ipv4> {
  for (let address = range.start; address <= range.end; address++) yield address;
}
