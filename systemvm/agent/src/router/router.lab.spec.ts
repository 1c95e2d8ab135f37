// A router and its guests in network namespaces: addresses, names, metadata, user data and passwords with the real programs (N01, N15, F32).
import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { AgentCommandName, AgentReply, AgentRequest, RouterConfiguration, RouterGuest } from '@strata/domain';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

const run = promisify(execFile);
const prefix = `srt${process.pid % 10_000}`;
const routerNs = `${prefix}r`;
const routerIp = '10.77.0.2';
const folder = mkdtempSync(join(tmpdir(), 'strata-router-'));
let child: ChildProcess;

const ip = (...args: string[]): string => execFileSync('ip', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
const macOf = (number: number): string => `06:00:00:00:77:${String(number).padStart(2, '0')}`;
const guestNs = (number: number): string => `${prefix}g${number}`;
const inGuest = async (number: number, ...command: string[]): Promise<string> =>
  (await run('ip', ['netns', 'exec', guestNs(number), ...command], { encoding: 'utf8', timeout: 30_000, maxBuffer: 4 << 20 })).stdout;

const guest = (number: number, over: Partial<RouterGuest> = {}): RouterGuest => ({
  mac: macOf(number),
  ip: `10.77.0.${10 + number}`,
  hostName: `web${number}`,
  uuid: `00000000-0000-4000-8000-00000000000${number}`,
  serviceOffering: 'Small Instance',
  publicKeys: ['ssh-ed25519 AAAAone one', 'ssh-ed25519 AAAAtwo two'],
  userDataRevision: null,
  digest: `digest-${number}`,
  ...over,
});

const configuration: RouterConfiguration = {
  domain: 'lab.internal',
  servesDns: true,
  forwarders: [],
  subnets: [
    { gateway: '10.77.0.1', prefixLength: 24 },
    { gateway: '10.78.0.1', prefixLength: 24 },
  ],
  availabilityZone: 'Zone one',
  cloudIdentifier: 'Strata-{test}',
};

function call<C extends AgentCommandName>(command: C, body: AgentRequest<C>): Promise<AgentReply<C>> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath: join(folder, 'agent.sock'), path: `/${command}`, method: 'POST' }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => {
        const reply: unknown = JSON.parse(Buffer.concat(chunks).toString());
        if (answer.statusCode === 200) resolve(reply as AgentReply<C>);
        else reject(new Error((reply as { message: string }).message));
      });
    });
    outgoing.on('error', reject);
    outgoing.end(JSON.stringify(body));
  });
}

async function startAgent(): Promise<void> {
  child = spawn('ip', ['netns', 'exec', routerNs, process.execPath, join(import.meta.dirname, '../../test/router-process.ts'), folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise<void>((resolve, reject) => {
    child.stdout!.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes('READY')) resolve();
    });
    child.once('exit', (code) => reject(new Error(`the router ended with ${code}`)));
  });
}

function makeCard(namespace: string, mac: string, addresses: string[], name: string): void {
  const outer = `${prefix}${namespace.slice(prefix.length)}o`;
  ip('netns', 'add', namespace);
  ip('link', 'add', outer, 'netns', `${prefix}b`, 'type', 'veth', 'peer', 'name', name, 'netns', namespace);
  ip('-n', `${prefix}b`, 'link', 'set', outer, 'master', 'br0', 'up');
  ip('-n', namespace, 'link', 'set', name, 'address', mac);
  ip('-n', namespace, 'link', 'set', 'lo', 'up');
  ip('-n', namespace, 'link', 'set', name, 'up');
  for (const address of addresses) ip('-n', namespace, 'address', 'add', address, 'brd', '+', 'dev', name);
}

/** What a DHCP client is offered, as the variables that udhcpc gives to its script. */
async function askDhcp(number: number): Promise<Record<string, string>> {
  const script = join(folder, 'dhcp-script');
  writeFileSync(script, '#!/bin/sh\n[ "$1" = bound ] && env && ip address replace "$ip/${mask:-24}" dev eth0\nexit 0\n', { mode: 0o755 });
  const said = await inGuest(number, 'busybox', 'udhcpc', '-i', 'eth0', '-n', '-q', '-f', '-t', '3', '-T', '1', '-s', script);
  return Object.fromEntries(
    said.split('\n').flatMap((line) => (line.includes('=') ? [line.split(/=(.*)/s).slice(0, 2) as [string, string]] : [])),
  );
}

const fetchText = (number: number, path: string): Promise<string> =>
  inGuest(number, 'wget', '-qO-', '-T', '5', '-t', '1', `http://${routerIp}${path}`);
const askPassword = async (number: number, what: string): Promise<string> =>
  (await inGuest(number, 'wget', '-qO-', '-T', '5', '-t', '1', '--header', `DomU_Request: ${what}`, `http://${routerIp}:8080`)).trim();

beforeAll(async () => {
  // dnsmasq reads its files as nobody.
  chmodSync(folder, 0o755);
  ip('netns', 'add', `${prefix}b`);
  ip('-n', `${prefix}b`, 'link', 'add', 'br0', 'type', 'bridge');
  ip('-n', `${prefix}b`, 'link', 'set', 'br0', 'up');
  makeCard(routerNs, '0e:00:00:00:77:02', [`${routerIp}/24`], 'guest');
  for (const number of [1, 2, 3]) makeCard(guestNs(number), macOf(number), [], 'eth0');
  const boot = {
    version: 1,
    kind: 'domainrouter',
    uuid: guest(1).uuid,
    name: 'r-1-VM',
    nics: [{ purpose: 'guest', mac: '0e:00:00:00:77:02', ip: routerIp, prefixLength: 24, gateway: '10.77.0.1' }],
    dns: [],
    authorizedKey: 'ssh-ed25519 AAAA test',
  };
  writeFileSync(join(folder, 'boot.json'), JSON.stringify(boot));
  await startAgent();
  await call('configure', { hash: 'one', configuration });
  await call('router.put-guests', { guests: [guest(1), guest(2)] });
}, 60_000);

afterAll(async () => {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
  for (const namespace of [routerNs, guestNs(1), guestNs(2), guestNs(3), `${prefix}b`]) ip('netns', 'del', namespace);
  rmSync(folder, { recursive: true, force: true });
});

describe('a router', { timeout: 60_000 }, () => {
  it('gives each card its own address and name, and strangers nothing', async () => {
    expect(await askDhcp(1)).toMatchObject({
      ip: '10.77.0.11',
      router: '10.77.0.1',
      dns: routerIp,
      hostname: 'web1',
      serverid: routerIp,
      domain: 'lab.internal',
    });
    expect(await askDhcp(2)).toMatchObject({ ip: '10.77.0.12', hostname: 'web2' });
    await expect(askDhcp(3)).rejects.toThrow();
  });

  it('serves an address of another subnet, and an address that goes to another card', async () => {
    await call('router.put-guests', { guests: [guest(3, { ip: '10.78.0.9' })] });
    expect(await askDhcp(3)).toMatchObject({ ip: '10.78.0.9', router: '10.78.0.1', subnet: '255.255.255.0' });
    await call('router.remove-guests', { macs: [macOf(2)] });
    await call('router.put-guests', { guests: [guest(3, { ip: '10.77.0.12' })] });
    ip('-n', guestNs(3), 'address', 'flush', 'dev', 'eth0');
    expect(await askDhcp(3)).toMatchObject({ ip: '10.77.0.12', hostname: 'web3' });
    await call('router.remove-guests', { macs: [macOf(3)] });
    await call('router.put-guests', { guests: [guest(2)] });
  });

  it('resolves names of guests, and its own', async () => {
    const lookUp = async (name: string): Promise<string> => inGuest(1, 'busybox', 'nslookup', name, routerIp);
    expect(await lookUp('web2.lab.internal')).toContain('10.77.0.12');
    expect(await lookUp('web2')).toContain('10.77.0.12');
    expect(await lookUp('data-server')).toContain(routerIp);
    await expect(lookUp('nobody.lab.internal')).rejects.toThrow();
  });

  it('answers metadata at both paths, to the owner of the address alone', async () => {
    expect((await fetchText(1, '/latest/meta-data/')).split('\n')).toEqual([
      'service-offering',
      'availability-zone',
      'local-ipv4',
      'local-hostname',
      'public-ipv4',
      'public-hostname',
      'instance-id',
      'vm-id',
      'public-keys',
      'cloud-identifier',
    ]);
    expect(await fetchText(1, '/latest/meta-data/instance-id')).toBe(guest(1).uuid);
    expect(await fetchText(2, '/latest/local-hostname')).toBe('web2');
    // A client that is done with sending before it reads.
    const simple = `printf 'GET /latest/vm-id HTTP/1.0\\r\\n\\r\\n' | busybox nc -w 5 ${routerIp} 80`;
    expect(await inGuest(1, 'sh', '-c', simple)).toContain(guest(1).uuid);
    expect(await fetchText(1, '/latest/meta-data/public-keys')).toBe(guest(1).publicKeys.join('\n'));
    // The third guest takes the first one's address: it never gets an answer.
    ip('-n', guestNs(1), 'link', 'set', 'eth0', 'down');
    ip('-n', guestNs(3), 'address', 'add', '10.77.0.11/24', 'dev', 'eth0');
    await expect(inGuest(3, 'wget', '-qO-', '-T', '2', '-t', '1', `http://${routerIp}/latest/meta-data/instance-id`)).rejects.toThrow();
    ip('-n', guestNs(3), 'address', 'flush', 'dev', 'eth0');
    // An address that nobody was given.
    ip('-n', guestNs(3), 'address', 'add', '10.77.0.99/24', 'dev', 'eth0');
    await expect(fetchText(3, '/latest/meta-data/instance-id')).rejects.toThrow();
    expect(await askPassword(3, 'send_my_password')).toBe('bad_request');
    ip('-n', guestNs(3), 'address', 'flush', 'dev', 'eth0');
    ip('-n', guestNs(1), 'link', 'set', 'eth0', 'up');
  });

  it.each([32 * 1024, 1024 * 1024])('gives user data of %i bytes unchanged', async (size) => {
    const bytes = randomBytes(size);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    await call('router.put-user-data', { mac: macOf(1), revision: `r${size}`, base64: bytes.toString('base64'), sha256 });
    await call('router.put-guests', { guests: [guest(1, { userDataRevision: `r${size}`, digest: `with-${size}` })] });
    const said = await inGuest(1, 'sh', '-c', `wget -qO- http://${routerIp}/latest/user-data | sha256sum`);
    expect(said.split(' ')[0]).toBe(sha256);
  });

  it('gives a password until the guest has taken it, also after the agent started again', async () => {
    await call('router.put-password', { mac: macOf(1), revision: 'p1', password: 'Secret-1' });
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    await startAgent();
    await vi.waitFor(async () => expect(await askPassword(1, 'send_my_password')).toBe('Secret-1'), { timeout: 10_000, interval: 300 });
    expect(await askPassword(2, 'send_my_password')).toBe('saved_password');
    expect(await askPassword(1, 'saved_password')).toBe('saved_password');
    expect(await askPassword(1, 'send_my_password')).toBe('saved_password');
    await call('router.put-password', { mac: macOf(1), revision: 'p1', password: 'Secret-1' });
    expect(await askPassword(1, 'send_my_password')).toBe('saved_password');
    const { guests } = await call('router.list-guests', {});
    expect(guests.find(({ mac }) => mac === macOf(1))).toEqual({
      mac: macOf(1),
      digest: 'with-1048576',
      userDataRevision: 'r1048576',
      password: { revision: 'p1', isTaken: true },
    });
  });

  it('puts back what is killed or flushed, and says so', async () => {
    const pids = ip('netns', 'pids', routerNs)
      .split('\n')
      .filter((pid) => pid !== '' && Number(pid) !== child.pid);
    const commandOf = (pid: string): string => execFileSync('ps', ['-o', 'comm=', '-p', pid], { encoding: 'utf8' }).trim();
    process.kill(Number(pids.find((pid) => commandOf(pid) === 'dnsmasq')), 'SIGKILL');
    await vi.waitFor(async () => expect((await call('health', {})).troubles.join()).toContain('the DHCP and DNS server ended (SIGKILL'));
    execFileSync('ip', ['netns', 'exec', routerNs, 'nft', 'flush', 'ruleset']);
    ip('-n', routerNs, 'neigh', 'flush', 'dev', 'guest', 'nud', 'permanent');
    await vi.waitFor(async () => expect((await call('health', {})).troubles.join()).toContain('firewall'), {
      timeout: 40_000,
      interval: 500,
    });
    expect(await askDhcp(1)).toMatchObject({ ip: '10.77.0.11' });
    expect(await fetchText(1, '/latest/vm-id')).toBe(guest(1).uuid);
    await vi.waitFor(async () => expect((await call('health', {})).troubles).toEqual([]), { timeout: 50_000, interval: 500 });
  }, 120_000);
});
