// Brings the machine's cards up as the boot data says: names, addresses, default route, host name and name servers.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import type { SystemVmBootData } from '@strata/domain';
import { runTool } from './tool.ts';

/**
 * What `ip -batch` is to do. Cards are named by purpose, which later rules rely on. `names` are the kernel's present names by MAC (small letters).
 * Throws when a card of the boot data is not there.
 */
export function networkCommands(boot: SystemVmBootData, names: ReadonlyMap<string, string>): string[] {
  const commands = ['link set lo up'];
  for (const nic of boot.nics) {
    const name = names.get(nic.mac.toLowerCase());
    if (name === undefined) throw new Error(`the machine has no card with the MAC address ${nic.mac} for its ${nic.purpose} network`);
    if (name !== nic.purpose) commands.push(`link set ${name} down`, `link set ${name} name ${nic.purpose}`);
    commands.push(`address replace ${nic.ip}/${nic.prefixLength} brd + dev ${nic.purpose}`, `link set ${nic.purpose} up`);
    // Replacing it needs the card up: an agent that starts again finds the route there.
    if (nic.gateway !== undefined) commands.push(`route replace default via ${nic.gateway} dev ${nic.purpose} onlink`);
  }
  return commands;
}

export function resolvConf(boot: SystemVmBootData): string {
  return [...boot.dns.map((server) => `nameserver ${server}`), 'options timeout:2 attempts:2', ''].join('\n');
}

export function hostsFile(boot: SystemVmBootData): string {
  return `127.0.0.1 localhost\n127.0.1.1 ${boot.name}\n`;
}

export async function setUpNetwork(boot: SystemVmBootData): Promise<void> {
  await writeFile('/proc/sys/kernel/hostname', boot.name);
  // An address answers on its own card only: the control network must not show on the others.
  for (const [name, value] of [
    ['arp_ignore', '1'],
    ['arp_announce', '2'],
    // Whoever knew the address from a machine before this one learns of the new card at once.
    ['arp_notify', '1'],
  ] as const)
    await writeFile(`/proc/sys/net/ipv4/conf/all/${name}`, value);
  await runTool('ip', ['-batch', '-'], { input: `${networkCommands(boot, await cardsByMac()).join('\n')}\n` });
  await writeFile('/etc/hosts', hostsFile(boot));
  await writeFile('/etc/resolv.conf', resolvConf(boot));
}

async function cardsByMac(folder = '/sys/class/net'): Promise<Map<string, string>> {
  const cards = new Map<string, string>();
  for (const name of await readdir(folder)) {
    if (name === 'lo') continue;
    cards.set((await readFile(`${folder}/${name}/address`, 'utf8')).trim().toLowerCase(), name);
  }
  return cards;
}
