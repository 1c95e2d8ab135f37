// The control network in network namespaces: two system machines of one host, one of which says that it is the other (T29).
import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ControlCard } from '../../specs.ts';
import { type HostShell } from '../ssh/host-shell.ts';
import { localShell } from '../ssh/local-shell.ts';
import { ensureControlBridge } from './control-bridge.ts';

const prefix = `scn${process.pid % 10_000}`;
const host = `${prefix}h`;
const cards: readonly ControlCard[] = [
  { tap: 'sct1-0', mac: '0e:00:00:00:77:01', ip: '169.254.77.1' },
  { tap: 'sct2-0', mac: '0e:00:00:00:77:02', ip: '169.254.77.2' },
];
const [victim, impostor] = cards as [ControlCard, ControlCard];
const namespaceOf = ({ tap }: ControlCard): string => `${prefix}${tap.slice(3, 4)}`;
const ip = (...args: string[]): string => execFileSync('ip', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
const inHost: HostShell = { run: (command) => localShell.run({ ...command, argv: ['ip', 'netns', 'exec', host, ...command.argv] }) };

const reach = (namespace: string, address: string): Promise<boolean> =>
  promisify(execFile)('ip', ['netns', 'exec', namespace, 'busybox', 'ping', '-c', '2', '-i', '0.2', '-W', '1', address]).then(
    () => true,
    () => false,
  );
/** Whether the host, which knows nobody yet, reaches the machine. */
const hostReaches = ({ ip: address }: ControlCard): Promise<boolean> => {
  ip('-n', host, 'neighbour', 'flush', 'all');
  return reach(host, address);
};
const wear = (card: ControlCard, { mac, ip: address }: { mac: string; ip: string }): void => {
  const namespace = namespaceOf(card);
  ip('-n', namespace, 'address', 'flush', 'dev', 'eth0', 'scope', 'link');
  ip('-n', namespace, 'address', 'flush', 'dev', 'eth0', 'scope', 'global');
  ip('-n', namespace, 'link', 'set', 'eth0', 'address', mac);
  ip('-n', namespace, 'address', 'add', `${address}/16`, 'dev', 'eth0');
};

beforeAll(async () => {
  ip('netns', 'add', host);
  ip('-n', host, 'link', 'set', 'lo', 'up');
  await ensureControlBridge(inHost, [victim]);
  for (const card of cards) {
    const namespace = namespaceOf(card);
    ip('netns', 'add', namespace);
    ip('link', 'add', card.tap, 'netns', host, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace);
    ip('-n', host, 'link', 'set', card.tap, 'master', 'cloud0', 'up');
    execFileSync('bridge', ['-n', host, 'link', 'set', 'dev', card.tap, 'isolated', 'on']);
    ip('-n', namespace, 'link', 'set', 'lo', 'up');
    ip('-n', namespace, 'link', 'set', 'eth0', 'up');
    wear(card, card);
  }
});

afterAll(() => {
  for (const namespace of [host, ...cards.map(namespaceOf)]) ip('netns', 'delete', namespace);
});

it('hears no card that it has not been told of, and each that it has', async () => {
  expect(await hostReaches(victim)).toBe(true);
  expect(await hostReaches(impostor)).toBe(false);
  await ensureControlBridge(inHost, [impostor]);
  expect(await hostReaches(impostor)).toBe(true);
  expect(await hostReaches(victim)).toBe(true);
});

it('lets no machine have the address of another, nor its MAC address, unless the rules were flushed', async () => {
  wear(victim, { ...victim, ip: '169.254.77.99' });
  for (const disguise of [
    { mac: impostor.mac, ip: victim.ip },
    { mac: victim.mac, ip: victim.ip },
    { mac: victim.mac, ip: impostor.ip },
  ]) {
    wear(impostor, disguise);
    expect(await hostReaches(disguise as ControlCard), JSON.stringify(disguise)).toBe(false);
  }
  wear(impostor, { mac: impostor.mac, ip: victim.ip });
  execFileSync('ip', ['netns', 'exec', host, 'nft', 'flush', 'ruleset']);
  expect(await hostReaches(victim)).toBe(true);
  await ensureControlBridge(inHost, cards);
  expect(await hostReaches(victim)).toBe(false);
  for (const card of cards) wear(card, card);
  for (const card of cards) expect(await hostReaches(card)).toBe(true);
});

it('lets machines open nothing on the host, and say nothing in IPv6', async () => {
  expect(await reach(namespaceOf(victim), '169.254.0.1')).toBe(false);
  expect(await reach(namespaceOf(victim), impostor.ip)).toBe(false);
  execFileSync('ip', ['netns', 'exec', host, 'sysctl', '-qw', 'net.ipv6.conf.cloud0.disable_ipv6=0']);
  ip('-n', host, 'address', 'add', 'fd77::1/64', 'dev', 'cloud0', 'nodad');
  ip('-n', namespaceOf(victim), 'address', 'add', 'fd77::2/64', 'dev', 'eth0', 'nodad');
  expect(await reach(host, 'fd77::2')).toBe(false);
  execFileSync('ip', ['netns', 'exec', host, 'nft', 'flush', 'ruleset']);
  expect(await reach(host, 'fd77::2')).toBe(true);
  expect(await reach(namespaceOf(victim), '169.254.0.1')).toBe(true);
});
