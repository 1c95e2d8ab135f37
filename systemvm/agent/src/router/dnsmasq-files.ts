// What dnsmasq reads: its configuration, the guests it gives addresses to, and their names. Reference: dnsmasq(8).
import { formatIpv4, parseIpv4 } from '@strata/domain';
import type { RouterConfiguration, RouterGuest, RouterSubnet } from '@strata/domain';

export interface DnsmasqPlace {
  /** Of the router on the guest network. */
  readonly ip: string;
  readonly prefixLength: number;
  /** The router's own host name. */
  readonly name: string;
  readonly guestsFile: string;
  readonly namesFile: string;
}

/** Long, so that guests keep their addresses while no router runs; short enough that they learn of changes within a day. */
const leaseTime = '12h';
const maxLeases = 65_536;

export function dnsmasqConfiguration(configuration: RouterConfiguration, place: DnsmasqPlace): string {
  const { domain, forwarders, servesDns, subnets } = configuration;
  const nameServers = servesDns || forwarders.length === 0 ? [place.ip] : forwarders;
  return lines([
    'user=nobody',
    'group=nogroup',
    'interface=guest',
    'bind-interfaces',
    'no-hosts',
    'no-resolv',
    'no-poll',
    'domain-needed',
    'bogus-priv',
    'cache-size=2000',
    `addn-hosts=${place.namesFile}`,
    `domain=${domain}`,
    `local=/${domain}/`,
    ...forwarders.map((server) => `server=${server}`),
    // Addresses are the database's: nobody gets one that is not in the file, and none is remembered here.
    'leasefile-ro',
    'dhcp-authoritative',
    // Answers to one card would put it into the neighbour table in place of the entry that is fixed there.
    'dhcp-broadcast',
    'dhcp-ignore=tag:!known',
    // What guests call themselves is theirs to say, not to the DNS.
    'dhcp-ignore-names',
    `dhcp-lease-max=${maxLeases}`,
    `dhcp-hostsfile=${place.guestsFile}`,
    `dhcp-option=option:dns-server,${nameServers.join(',')}`,
    ...subnets.flatMap((subnet, at) => subnetLines(subnet, `subnet${at}`, place)),
  ]);
}

function subnetLines({ gateway, prefixLength }: RouterSubnet, tag: string, place: DnsmasqPlace): string[] {
  const network = networkOf(gateway, prefixLength);
  const isOwn = prefixLength === place.prefixLength && network === networkOf(place.ip, prefixLength);
  return [
    `dhcp-range=set:${tag},${network},static,${formatIpv4(maskOf(prefixLength))},${leaseTime}`,
    ...(isOwn ? [] : [`shared-network=guest,${network}`]),
    `dhcp-option=tag:${tag},option:router,${gateway}`,
  ];
}

/** The name by which guests look for their metadata. */
const metadataName = 'data-server';
/** Names that guests trust whoever has them: themselves, and where they look for a proxy or a tunnel (dnsmasq(8) and CERT VU#598349). */
const trustedNames = ['localhost', 'wpad', 'isatap'];

/** One line for each card: MAC address, address, host name. A guest that was given a name of others has none in the DNS. */
export function guestsFile(guests: readonly RouterGuest[], place: Pick<DnsmasqPlace, 'name'>): string {
  const reserved = reservedNames(place);
  return lines(
    guests.map(({ mac, ip, hostName }) => [mac, ip, ...(reserved.has(hostName.toLowerCase()) ? [] : [hostName]), leaseTime].join(',')),
  );
}

/** As /etc/hosts. Of guests of one name the first has it: nobody draws what is meant for another by taking its name. */
export function namesFile({ domain }: RouterConfiguration, guests: readonly RouterGuest[], place: DnsmasqPlace): string {
  const line = (ip: string, ...names: string[]): string => [ip, ...names.flatMap((name) => [`${name}.${domain}`, name])].join(' ');
  const taken = reservedNames(place);
  const named = guests.filter(({ hostName }) => {
    const isFree = !taken.has(hostName.toLowerCase());
    taken.add(hostName.toLowerCase());
    return isFree;
  });
  return lines([line(place.ip, place.name, metadataName), ...named.map(({ ip, hostName }) => line(ip, hostName))]);
}

function reservedNames({ name }: Pick<DnsmasqPlace, 'name'>): Set<string> {
  return new Set([name.toLowerCase(), metadataName, ...trustedNames]);
}

export function networkOf(ip: string, prefixLength: number): string {
  return formatIpv4((parseIpv4(ip, 'address') & maskOf(prefixLength)) >>> 0);
}

function maskOf(prefixLength: number): number {
  return (0xffff_ffff << (32 - prefixLength)) >>> 0;
}

const lines = (texts: readonly string[]): string => texts.map((text) => `${text}\n`).join('');
