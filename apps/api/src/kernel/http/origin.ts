// Where a request comes from: the address that counts, and whether another site's page sent it.
import { BlockList, isIP } from 'node:net';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** IPv4-mapped addresses count as IPv4. */
export function isLoopbackAddress(address: string): boolean {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  const family = isIP(plain);
  return family !== 0 && loopback.check(plain, family === 6 ? 'ipv6' : 'ipv4');
}

/**
 * Whether nobody but this machine is behind the request. A proxy on this machine forwards for others: what it says in
 * X-Forwarded-For can only take the privilege away, never give it.
 */
export function isFromThisMachine(peerAddress: string, forwardedFor: string | string[] | undefined): boolean {
  if (!isLoopbackAddress(peerAddress)) return false;
  const behind = String(forwardedFor ?? '')
    .split(',')
    .map((address) => address.trim())
    .filter((address) => address !== '');
  return behind.every(isLoopbackAddress);
}

interface SiteHeaders {
  readonly origin?: string | undefined;
  readonly host?: string | undefined;
  readonly 'sec-fetch-site'?: string | string[] | undefined;
}

/** Whether a browser says that a page of another site made it send this (Fetch Metadata; Origin where that is missing). */
export function isCrossSite(headers: SiteHeaders): boolean {
  const site = headers['sec-fetch-site'];
  if (site === 'same-origin' || site === 'none') return false;
  if (site === 'cross-site') return true;
  if (headers.origin === undefined) return false;
  return !URL.canParse(headers.origin) || new URL(headers.origin).host !== headers.host?.toLowerCase();
}

/** Whether a Host header names this machine: a page that points its own name at loopback still sends that name. */
export function namesThisMachine(host: string | undefined): boolean {
  const name = (host ?? '')
    .toLowerCase()
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1');
  return name === 'localhost' || isLoopbackAddress(name);
}
