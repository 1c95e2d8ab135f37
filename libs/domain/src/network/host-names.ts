// Names of machines in the DNS, and the addresses by which hosts and servers are reached.
import { problem } from '../errors.ts';
import { findIpv4 } from './ipv4.ts';

const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;

/** RFC 1123 section 2.1: up to 253 characters, labels of letters, digits and inner hyphens; the last is not all digits. */
export function isDnsName(text: string): boolean {
  const labels = text.split('.');
  return text.length <= 253 && labels.every((part) => label.test(part)) && !/^[0-9]+$/.test(labels.at(-1) ?? '');
}

export function isFullyQualified(text: string): boolean {
  return text.includes('.') && isDnsName(text) && !/^localhost\.local(domain)?[46]?$/i.test(text) && !/\.localdomain[46]?$/i.test(text);
}

/** RFC 4291 section 2.2, without a zone index. */
export function isIpv6(text: string): boolean {
  const dotted = /^(.*:)([0-9.]+)$/.exec(text);
  if (dotted?.[2]?.includes('.')) return findIpv4(dotted[2]) !== undefined && isIpv6(`${dotted[1]}0:0`);
  const halves = text.split('::');
  if (halves.length > 2 || text.length > 39) return false;
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')));
  const all = groups.flat();
  return all.every((group) => /^[0-9a-f]{1,4}$/i.test(group)) && (halves.length === 2 ? all.length <= 7 : all.length === 8);
}

/** Lower case; IPv6 addresses without brackets. Throws `invalid`. */
export function parseServerAddress(text: string, parameter: string): string {
  const bracketed = /^\[(.*)\]$/.exec(text);
  const address = bracketed?.[1] ?? text;
  const valid = bracketed ? isIpv6(address) : findIpv4(address) !== undefined || isDnsName(address);
  if (!valid) throw problem('invalid', `${parameter}: "${text}" is neither an IPv4 address, a host name nor an IPv6 address in brackets`);
  return address.toLowerCase();
}

/** The host name of a virtual machine: one DNS label that begins with a letter. Throws `invalid`. */
export function assertGuestHostName(text: string, parameter: string): void {
  if (label.test(text) && /^[a-z]/i.test(text)) return;
  throw problem(
    'invalid',
    `${parameter} "${shown(text)}" cannot be a host name: use 1 to 63 letters (a-z), digits and hyphens, beginning with a letter and not ending with a hyphen`,
  );
}

/** The DNS suffix of a network or zone, such as `cs1.example.org`. Throws `invalid`. */
export function assertNetworkDomain(text: string, parameter: string): void {
  if (isDnsName(text) && text.length <= 190) return;
  throw problem(
    'invalid',
    `${parameter} "${shown(text)}" is not a DNS domain: use labels of letters, digits and hyphens joined by dots, 190 characters at most, such as cloud.example.org`,
  );
}

/** Long input is cut so that an error text stays readable. */
function shown(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 80)}…`;
}
