// Which addresses files may never be fetched from, whoever allows them, and the words of the refusal.
import { cidrContains, findIpv4, parseCidr } from '../network/ipv4.ts';

/** This host, link-local (also metadata services), multicast, broadcast. */
export const neverFetchedIpv4: readonly string[] = ['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/4', '255.255.255.255/32'];
export const neverFetchedIpv6: readonly string[] = ['::/128', '::1/128', 'fe80::/10', 'ff00::/8'];

const neverFetched = neverFetchedIpv4.map((subnet) => parseCidr(subnet, 'subnet'));

/** @param shown the address, with the name that stands for it */
export function neverFetchedFrom(shown: string): string {
  return `${shown} is a loopback, link-local or special address: nothing is fetched from there`;
}

/** Why an administrator can't allow the subnet; undefined when it can be allowed. All of a network that holds such addresses may be named. */
export function refuseAllowedSite(site: string, parameter: string): string | undefined {
  const cidr = parseCidr(site, parameter);
  const within = neverFetched.some((never) => never.prefix <= cidr.prefix && cidrContains(never, cidr.network));
  return within ? `${neverFetchedFrom(site)}, and it cannot be allowed: leave it out` : undefined;
}

/** @param server as it stands in a web address. What names mean is judged by who fetches, except `localhost`, which is always the same */
export function refuseServer(server: string): string | undefined {
  if (server === 'localhost' || server.endsWith('.localhost')) return neverFetchedFrom(server);
  if (server.startsWith('[')) {
    const address = server.slice(1, -1);
    const isNever = /^(?:[0:]*:[01]?|0*:.*:ffff:.*|::ffff:.*)$/.test(address) || /^(?:fe[89ab]|ff)[0-9a-f]*:/.test(address);
    return isNever ? neverFetchedFrom(address) : undefined;
  }
  const address = findIpv4(server);
  if (address === undefined) return undefined;
  return neverFetched.some((never) => cidrContains(never, address)) ? neverFetchedFrom(server) : undefined;
}
