// Security groups on real hosts: who reaches a guest and when, what a guest can not pretend to be, and what puts filters back (N02, N16, T23, I9, F32).
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { guestTapName } from '@strata/domain';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Body, Params } from '../harness/api-client.ts';
import { GuestShell } from '../harness/guest-shell.ts';
import { type HostName, hostNames, LabCloud } from '../harness/lab-cloud.ts';

const bootMs = 60_000;
/** What somebody flushed is back within a minute. */
const repairedMs = 60_000;

interface Guest {
  readonly id: string;
  readonly instance: string;
  readonly host: HostName;
  readonly ip: string;
  readonly mac: string;
  readonly shell: GuestShell;
}

let cloud: LabCloud;
let deployment: Params;
const hostIds = new Map<HostName, string>();

beforeAll(async () => {
  cloud = await LabCloud.start('groups');
  const place = await cloud.createPlace();
  for (const host of hostNames) hostIds.set(host, String((await cloud.addHost(host, place))['id']));
  await cloud.addPrimary(place);
  await cloud.addSecondary(place);
  const templateid = await cloud.installGuest();
  await cloud.admin.call('updateZone', { id: place.zoneid, allocationstate: 'Enabled' });
  deployment = { zoneid: place.zoneid, templateid, serviceofferingid: await cloud.createOffering() };
});
afterAll(async () => cloud?.stop());

async function deploy(name: string, host: HostName, groups: string): Promise<Guest> {
  const vm = await cloud.admin.run('deployVirtualMachine', { ...deployment, name, hostid: hostIds.get(host), securitygroupnames: groups });
  return settle(vm);
}

/** Gives the guest the address that the rows have for it: there is no router in this zone. */
async function settle(vm: Body, bootsBefore = 0): Promise<Guest> {
  const host = vm['hostid'] === hostIds.get('kvm1') ? 'kvm1' : 'kvm2';
  const instance = String(vm['instancename']);
  const [nic] = vm['nic'] as Body[];
  const guest = { id: String(vm['id']), instance, host, ip: String(vm['ipaddress']), mac: String(nic!['macaddress']) } as const;
  await expect.poll(() => bootsIn(host, instance), { timeout: bootMs, interval: 300 }).toBe(bootsBefore + 1);
  const shell = await GuestShell.open(cloud, host, instance);
  await shell.run(
    `killall udhcpc; ip address flush dev eth0; ip address add ${guest.ip}/24 dev eth0; ip route add default via ${cloud.value('LAB_GATEWAY')}`,
  );
  return { ...guest, shell };
}

/** The log of a machine that is started again where it ran before goes on. */
const bootsIn = (host: HostName, instance: string): number => cloud.serialLog(host, instance).split('STRATA-GUEST READY').length - 1;

async function start(guest: Guest, host: HostName): Promise<Guest> {
  const before = bootsIn(host, guest.instance);
  return settle(await cloud.admin.run('startVirtualMachine', { id: guest.id, hostid: hostIds.get(host) }), before);
}

const gateway = () => cloud.value('LAB_GATEWAY');
/** The card's interface on its host. */
const tapOf = (guest: Guest) => guestTapName(Number(guest.instance.split('-')[2]), 0);

/** From the management server, which is in the lab's network. */
function pings(ip: string): boolean {
  try {
    execFileSync('busybox', ['ping', '-c', '1', '-W', '1', ip], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

async function answersHttp(ip: string): Promise<boolean> {
  try {
    return (await fetch(`http://${ip}/boot_id`, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false;
  }
}

const pingFrom = async (guest: Guest, ip: string): Promise<boolean> =>
  /[1-9] packets received/.test(await guest.shell.run(`ping -c 1 -W 1 ${ip}`));
const fetchFrom = async (guest: Guest, ip: string): Promise<boolean> =>
  (await guest.shell.run(`timeout 3 wget -q -O - http://${ip}/boot_id >/dev/null && echo fetched`)).includes('fetched');

async function authorise(params: Params, direction = 'Ingress'): Promise<string> {
  const group = await cloud.admin.run(`authorizeSecurityGroup${direction}`, params);
  return String(((group[`${direction.toLowerCase()}rule`] as Body[])[0] as Body)['ruleid']);
}

/** Frames that meet the filter while `work` goes on, as tcpdump prints them. */
async function framesDuring(host: HostName | undefined, link: string, filter: string, work: () => Promise<void>): Promise<string[]> {
  const argv = ['-i', link, '-en', '-l', '--immediate-mode', filter];
  const data = process.env['STRATA_LAB_DATA'];
  const tap: ChildProcess =
    host === undefined
      ? spawn('tcpdump', argv)
      : spawn(new URL('../../../../lab/lab', import.meta.url).pathname, [
          'ssh',
          ...(data === undefined ? [] : ['--data', data]),
          host,
          `exec timeout 60 tcpdump ${argv.map((word) => `'${word}'`).join(' ')}`,
        ]);
  let printed = '';
  tap.stdout!.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  let said = '';
  tap.stderr!.on('data', (chunk: Buffer) => (said += chunk.toString()));
  try {
    await expect.poll(() => said, { timeout: 10_000 }).toContain('listening on');
    await work();
    await sleep(700);
  } finally {
    tap.kill();
  }
  return printed.split('\n').filter((line) => line !== '');
}

/** What a host's cable carries, seen at its other end. */
const cableOf = (host: HostName) => `${cloud.value('LAB_BRIDGE').replace(/-br$/, '')}-${host}`;

/** The order of cards means nothing, and changes. */
const loadedOn = (host: HostName): string =>
  cloud.at(host, 'nft list table bridge strata 2>/dev/null || true').split('\n').sort().join('\n');

let web: Guest;
let near: Guest;
let far: Guest;

describe('a guest', () => {
  it('hangs on its bridge by a name of ours', async () => {
    for (const name of ['web', 'clients']) await cloud.admin.call('createSecurityGroup', { name });
    [web, near, far] = [
      await deploy('web', 'kvm1', 'web'),
      await deploy('near', 'kvm1', 'clients'),
      await deploy('far', 'kvm2', 'default'),
    ];
    expect(cloud.at('kvm1', 'ls /sys/class/net/cloudbr0/brif').split('\n')).toEqual(expect.arrayContaining([tapOf(web), tapOf(near)]));
    for (const guest of [web, near, far]) expect(loadedOn(guest.host)).toContain(`identity-${tapOf(guest)}`);
  });

  it('N16 is reached by nobody at first, and reaches others', async () => {
    expect(pings(web.ip)).toBe(false);
    expect(await answersHttp(web.ip)).toBe(false);
    expect(await pingFrom(near, web.ip)).toBe(false);
    expect(await pingFrom(far, web.ip)).toBe(false);
    expect(await pingFrom(web, gateway())).toBe(true);
    // The host that carries it is no exception.
    expect(cloud.at('kvm1', `busybox ping -c 1 -W 1 ${web.ip} >/dev/null && echo reached || echo silent`)).toBe('silent');
    expect(await cloud.differences()).toEqual([]);
  });

  it('N16 is reached by whom a subnet allows, on the protocol and port allowed, until that is revoked; an open connection ends too', async () => {
    const cidrlist = `${gateway()}/32`;
    const ping = await authorise({ securitygroupname: 'web', protocol: 'icmp', icmptype: 8, icmpcode: 0, cidrlist });
    expect(pings(web.ip)).toBe(true);
    expect(await answersHttp(web.ip)).toBe(false);
    const http = await authorise({ securitygroupname: 'web', protocol: 'tcp', startport: 80, endport: 80, cidrlist });
    expect(await answersHttp(web.ip)).toBe(true);
    expect(await fetchFrom(near, web.ip)).toBe(false);
    expect(await fetchFrom(far, web.ip)).toBe(false);

    const kept = await halfRequest(web.ip);
    expect(await kept.finish()).toContain('200 OK');
    const open = await halfRequest(web.ip);
    await cloud.admin.run('revokeSecurityGroupIngress', { id: http });
    expect(await answersHttp(web.ip)).toBe(false);
    expect(await open.finish()).toBe('');
    expect(pings(web.ip)).toBe(true);
    await cloud.admin.run('revokeSecurityGroupIngress', { id: ping });
    expect(pings(web.ip)).toBe(false);
  });

  it('N16 is reached by the members of a group that a rule names, also those that come later, on this host and the other', async () => {
    const rule = await authorise({
      securitygroupname: 'web',
      protocol: 'tcp',
      startport: 80,
      'usersecuritygrouplist[0].account': 'admin',
      'usersecuritygrouplist[0].group': 'clients',
    });
    expect(await fetchFrom(near, web.ip)).toBe(true);
    expect(await fetchFrom(far, web.ip)).toBe(false);
    expect(await answersHttp(web.ip)).toBe(false);
    const late = await deploy('late', 'kvm2', 'clients');
    expect(await fetchFrom(late, web.ip)).toBe(true);
    await cloud.admin.run('destroyVirtualMachine', { id: late.id, expunge: true });
    await cloud.admin.run('revokeSecurityGroupIngress', { id: rule });
    expect(await fetchFrom(near, web.ip)).toBe(false);
  });

  it('N16 with a rule for what goes out reaches only what such rules allow', async () => {
    const rule = await authorise({ securitygroupname: 'web', protocol: 'icmp', cidrlist: `${near.ip}/32` }, 'Egress');
    const back = await authorise({ securitygroupname: 'clients', protocol: 'icmp', cidrlist: '0.0.0.0/0' });
    expect(await pingFrom(web, near.ip)).toBe(true);
    expect(await pingFrom(web, gateway())).toBe(false);
    await cloud.admin.run('revokeSecurityGroupEgress', { id: rule });
    expect(await pingFrom(web, gateway())).toBe(true);
    await cloud.admin.run('revokeSecurityGroupIngress', { id: back });
  });
});

describe('a guest that pretends', () => {
  /** Nothing of it leaves the host, and nothing arrives at its neighbour, while the neighbour's own traffic goes on. */
  async function expectNothing(filter: string, work: () => Promise<void>): Promise<void> {
    let atNeighbour: string[] = [];
    const onCable = await framesDuring(undefined, cableOf('kvm1'), filter, async () => {
      atNeighbour = await framesDuring('kvm1', tapOf(near), filter, async () => {
        await work();
        expect(await pingFrom(near, gateway())).toBe(true);
      });
    });
    expect({ onCable, atNeighbour }).toEqual({ onCable: [], atNeighbour: [] });
  }

  it('N02 to have another IP address is not heard', async () => {
    const other = far.ip;
    // Also not as somebody who is about to take it (RFC 5227).
    const forged = `src host ${other} or (arp and (arp[14:4] = ${number(other)} or arp[14:4] = 0 and arp[24:4] = ${number(other)}))`;
    await expectNothing(`ether src ${web.mac} and (${forged})`, async () => {
      await web.shell.run(
        `arping -D -c 2 -w 3 -I eth0 ${other}; ip address add ${other}/24 dev eth0; ping -c 2 -W 1 -I ${other} ${gateway()}; arping -c 2 -w 3 -U -I eth0 -s ${other} ${other}`,
      );
      expect(await pingFrom(far, gateway())).toBe(true);
    });
    await web.shell.run(`ip address delete ${other}/24 dev eth0`);
    expect(await pingFrom(web, gateway())).toBe(true);
  });

  it('N02 to be the gateway, in answers to ARP that nobody or somebody asked for, is not heard', async () => {
    await expectNothing(`arp and ether src ${web.mac} and arp[14:4] = ${number(gateway())}`, async () => {
      await web.shell.run(`ip address add ${gateway()}/32 dev eth0; arping -c 2 -w 3 -A -I eth0 -s ${gateway()} ${near.ip}`);
      await near.shell.run(`ip neigh flush all; ping -c 2 -W 1 ${gateway()}`);
    });
    await web.shell.run(`ip address delete ${gateway()}/32 dev eth0`);
    expect(await near.shell.run('ip neigh show')).not.toContain(web.mac);
  });

  it('N02 to have another MAC address is not heard', async () => {
    const forged = '06:aa:bb:cc:dd:ee';
    await expectNothing(`ether src ${forged}`, async () => {
      await web.shell.run(
        `ip link set eth0 down; ip link set eth0 address ${forged}; ip link set eth0 up; ping -c 2 -W 1 ${gateway()}; arping -c 1 -w 2 -I eth0 ${gateway()}`,
      );
    });
    await web.shell.run(
      `ip link set eth0 down; ip link set eth0 address ${web.mac}; ip link set eth0 up; ip route add default via ${gateway()}`,
    );
    expect(await pingFrom(web, gateway())).toBe(true);
  });

  it('N02 to be a DHCP server leases nothing to its neighbour', async () => {
    // So that it hears the questions of its neighbour.
    const rule = await authorise({ securitygroupname: 'web', protocol: 'udp', startport: 67, cidrlist: '0.0.0.0/0' });
    await web.shell.run(
      `printf 'interface eth0\\nstart 10.77.0.10\\nend 10.77.0.20\\nlease_file /tmp/leases\\n' >/tmp/udhcpd.conf; touch /tmp/leases`,
    );
    await web.shell.run('udhcpd -f /tmp/udhcpd.conf >/tmp/udhcpd.log 2>&1 & sleep 1');
    await expectNothing('udp src port 67', async () => {
      expect(await near.shell.run('udhcpc -i eth0 -n -q -t 3 -T 1 -s /bin/true; echo left with $?', 30_000)).toContain('left with 1');
    });
    // It heard them and answered: only the answer was stopped.
    expect(await web.shell.run('killall udhcpd; cat /tmp/udhcpd.log')).toContain('sending OFFER');
    await cloud.admin.run('revokeSecurityGroupIngress', { id: rule });
  });
});

describe('filters', () => {
  it('T23 let no frame through while a guest starts and while rules are loaded again and again', async () => {
    await cloud.admin.run('stopVirtualMachine', { id: web.id });
    expect(loadedOn('kvm1')).not.toContain(tapOf(web));
    const probe = startProbe();
    try {
      web = await start(web, 'kvm1');
      for (let round = 0; round < 10; round += 1) {
        const rule = await authorise({ securitygroupname: 'web', protocol: 'tcp', startport: 1_000 + round, cidrlist: '0.0.0.0/0' });
        await cloud.admin.run('revokeSecurityGroupIngress', { id: rule });
      }
      expect(probe.sent()).toBeGreaterThan(200);
      expect(await strayDatagrams(web)).toBe(0);
      // The probe would be seen if it were let through.
      const rule = await authorise({ securitygroupname: 'web', protocol: 'udp', startport: probePort, cidrlist: `${gateway()}/32` });
      await expect.poll(() => strayDatagrams(web), { timeout: 10_000 }).toBeGreaterThan(5);
      await cloud.admin.run('revokeSecurityGroupIngress', { id: rule });
    } finally {
      probe.stop();
    }
  });

  it('F32 are back within a minute when somebody flushes them, or changes one rule of them', async () => {
    const rule = await authorise({ securitygroupname: 'web', protocol: 'icmp', cidrlist: '0.0.0.0/0' });
    for (const harm of [
      'nft flush ruleset',
      `nft flush chain bridge strata ingress-${tapOf(web)}`,
      `nft insert rule bridge strata ingress-${tapOf(web)} accept`,
    ]) {
      const before = loadedOn('kvm1');
      cloud.at('kvm1', harm);
      expect(loadedOn('kvm1')).not.toBe(before);
      await expect.poll(() => loadedOn('kvm1'), { timeout: repairedMs, interval: 500 }).toBe(before);
    }
    expect(pings(web.ip)).toBe(true);
    expect(await answersHttp(web.ip)).toBe(false);
    await cloud.admin.run('revokeSecurityGroupIngress', { id: rule });
    expect(await cloud.differences()).toEqual([]);
  });

  it('outlive a restart of libvirt', async () => {
    const before = loadedOn('kvm1');
    cloud.fault('stop-libvirt', 'kvm1');
    cloud.fault('start-libvirt', 'kvm1');
    expect(loadedOn('kvm1')).toBe(before);
    expect(await pingFrom(near, gateway())).toBe(true);
    expect(pings(web.ip)).toBe(false);
  });

  it('go with a machine to another host, stay with one that comes back after its host lost its power, and are gone when it is destroyed', async () => {
    const rule = await authorise({ securitygroupname: 'web', protocol: 'icmp', cidrlist: '0.0.0.0/0' });
    await cloud.admin.run('stopVirtualMachine', { id: web.id });
    web = await start(web, 'kvm2');
    expect(loadedOn('kvm1')).not.toContain(tapOf(web));
    expect(pings(web.ip)).toBe(true);
    expect(await answersHttp(web.ip)).toBe(false);

    cloud.fault('power-off', 'kvm2');
    cloud.fault('power-on', 'kvm2');
    expect(loadedOn('kvm2')).toBe('');
    const stateOf = async () => (await cloud.admin.list('listVirtualMachines', { id: web.id }))[0]!['state'];
    await expect.poll(stateOf, { timeout: 90_000, interval: 500 }).toBe('Stopped');
    await cloud.admin.run('reconnectHost', { id: hostIds.get('kvm2')! });
    web = await start(web, 'kvm2');
    expect(pings(web.ip)).toBe(true);
    expect(await answersHttp(web.ip)).toBe(false);

    await cloud.admin.run('revokeSecurityGroupIngress', { id: rule });
    for (const { id } of await cloud.admin.list('listVirtualMachines', { listall: true }))
      await cloud.admin.run('destroyVirtualMachine', { id: String(id), expunge: true });
    for (const host of hostNames) expect(loadedOn(host)).not.toMatch(/sgt[0-9a-z]+-/);
    expect(await cloud.differences()).toEqual([]);
  });
});

/** A request whose end has not been sent yet. */
async function halfRequest(ip: string): Promise<{ finish(): Promise<string> }> {
  const socket: Socket = connect({ host: ip, port: 80 });
  let answer = '';
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
  socket.on('error', () => {});
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  socket.write('GET /boot_id HTTP/1.0\r\n');
  await sleep(300);
  return {
    async finish() {
      socket.write('\r\n');
      await Promise.race([new Promise((resolve) => socket.once('close', resolve)), sleep(3_000)]);
      socket.destroy();
      return answer;
    },
  };
}

const probePort = 9_999;

/** Datagrams to everybody in the lab's network every 10 ms: a guest takes them with or without an address. */
function startProbe(): { sent(): number; stop(): void } {
  const text = `import socket, sys, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
s.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, sys.argv[1].encode())
while True:
    s.sendto(b"probe", ("255.255.255.255", int(sys.argv[2])))
    print(flush=True)
    time.sleep(0.01)`;
  const child = spawn('python3', ['-c', text, cloud.value('LAB_BRIDGE'), String(probePort)], { stdio: ['ignore', 'pipe', 'ignore'] });
  let sent = 0;
  child.stdout.on('data', (chunk: Buffer) => (sent += chunk.length));
  return { sent: () => sent, stop: () => void child.kill() };
}

/** Datagrams that reached the guest for a port that nobody has there, since it booted: NoPorts, and IgnoredMulti for those to everybody. */
async function strayDatagrams(guest: Guest): Promise<number> {
  const printed = await guest.shell.run(`awk '/^Udp: [0-9]/ { print "without-port=" $3 + $9 }' /proc/net/snmp`);
  return Number(/without-port=(\d+)/.exec(printed)![1]);
}

function number(ip: string): number {
  return ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}
