// Ties the addresses of guests to their cards: replies go to the owner of an address whoever else claims it.
import type { RouterGuest, RouterSubnet } from '@strata/domain';
import { readFile } from 'node:fs/promises';
import { runTool } from '../tool.ts';
import { networkOf } from './dnsmasq-files.ts';

const card = 'guest';

/** What `ip -batch` is to do so that exactly these entries are fixed; `present` is the output of `ip neigh show … nud permanent`. */
export function neighbourCommands(present: string, guests: readonly Pick<RouterGuest, 'ip' | 'mac'>[]): string[] {
  const fixed = new Map(
    present
      .split('\n')
      .map((line) => /^(\S+) (?:dev \S+ )?lladdr (\S+)/.exec(line))
      .filter((match) => match !== null)
      .map((match) => [match[1]!, match[2]!.toLowerCase()]),
  );
  const wanted = new Map(guests.map(({ ip, mac }) => [ip, mac]));
  return [
    ...[...fixed.keys()].filter((ip) => !wanted.has(ip)).map((ip) => `neigh del ${ip} dev ${card}`),
    ...[...wanted]
      .filter(([ip, mac]) => fixed.get(ip) !== mac)
      .map(([ip, mac]) => `neigh replace ${ip} lladdr ${mac} dev ${card} nud permanent`),
  ];
}

/** @returns how many entries had to be changed */
export async function fixNeighbours(guests: readonly RouterGuest[]): Promise<number> {
  const commands = neighbourCommands(await runTool('ip', ['-4', 'neigh', 'show', 'dev', card, 'nud', 'permanent']), guests);
  if (commands.length > 0) await runTool('ip', ['-force', '-batch', '-'], { input: `${commands.join('\n')}\n` });
  return commands.length;
}

/** Guests of all subnets are on the card's own network. */
export async function routeSubnets(
  subnets: readonly RouterSubnet[],
  own: { readonly ip: string; readonly prefixLength: number },
): Promise<void> {
  const ownNetwork = networkOf(own.ip, own.prefixLength);
  const others = subnets.filter(
    ({ gateway, prefixLength }) => prefixLength !== own.prefixLength || networkOf(gateway, prefixLength) !== ownNetwork,
  );
  if (others.length === 0) return;
  const commands = others.map(
    ({ gateway, prefixLength }) => `route replace ${networkOf(gateway, prefixLength)}/${prefixLength} dev ${card} src ${own.ip}`,
  );
  await runTool('ip', ['-batch', '-'], { input: `${commands.join('\n')}\n` });
}

/** The MAC address, small letters, that answers for the address on the guest network. */
export async function macAt(ip: string, table = '/proc/net/arp'): Promise<string | undefined> {
  for (const line of (await readFile(table, 'utf8')).split('\n').slice(1)) {
    const [address, , , mac, , device] = line.split(/\s+/);
    if (address === ip && device === card) return mac?.toLowerCase();
  }
  return undefined;
}
