// Live migration and maintenance on real hosts: the guest goes on, its connections live, and whatever breaks, one copy runs.
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Body, Params } from '../harness/api-client.ts';
import { type HostName, hostNames, LabCloud } from '../harness/lab-cloud.ts';

const echoPort = 7_777;
const closedPort = 7_778;
const bootMs = 60_000;
const hostIds = {} as Record<HostName, string>;

let cloud: LabCloud;
let deployment: Params;
beforeAll(async () => {
  cloud = await LabCloud.start('migration');
  const place = await cloud.createPlace();
  for (const host of hostNames) hostIds[host] = String((await cloud.addHost(host, place))['id']);
  await cloud.addPrimary(place);
  await cloud.addSecondary(place);
  const templateid = await cloud.installGuest();
  await cloud.admin.call('updateZone', { id: place.zoneid, allocationstate: 'Enabled' });
  deployment = { zoneid: place.zoneid, templateid, serviceofferingid: await cloud.createOffering() };
  const group = { securitygroupname: 'default', cidrlist: `${cloud.value('LAB_MANAGEMENT_ADDRESS')}/32`, protocol: 'TCP' };
  for (const port of [80, echoPort]) await cloud.admin.run('authorizeSecurityGroupIngress', { ...group, startport: port, endport: port });
}, 240_000);
afterAll(async () => cloud?.stop(), 120_000);
afterEach(async () => {
  for (const { id } of await cloud.admin.list('listVirtualMachines', { listall: true }))
    await cloud.admin.run('destroyVirtualMachine', { id: String(id), expunge: true });
}, 60_000);

const deploy = async (host: HostName): Promise<Body> => cloud.admin.run('deployVirtualMachine', { ...deployment, hostid: hostIds[host] });
const read = async (vm: Body): Promise<Body> => (await cloud.admin.list('listVirtualMachines', { id: String(vm['id']) }))[0]!;
const hostOf = (vm: Body): HostName => hostNames.find((host) => hostIds[host] === vm['hostid'])!;
const instance = (vm: Body) => String(vm['instancename']);
const migrate = (vm: Body, host: HostName) =>
  cloud.admin.run('migrateVirtualMachine', { virtualmachineid: String(vm['id']), hostid: hostIds[host] });
const differences = () => cloud.differences();
/** Lines in which the guest's user space said that it began: one for each boot. */
const bootsOf = (host: HostName, vm: Body): string[] =>
  [...serialLog(host, vm).matchAll(/STRATA-GUEST READY .* boot_id=(\S+)/g)].map(([, bootId]) => bootId!);
const serialLog = (host: HostName, vm: Body): string =>
  cloud.at(
    host,
    `cat /var/log/libvirt/strata/${instance(vm)}.serial.log.0 /var/log/libvirt/strata/${instance(vm)}.serial.log 2>/dev/null || true`,
  );

async function booted(vm: Body): Promise<string> {
  await expect.poll(() => bootsOf(hostOf(vm), vm), { timeout: bootMs, interval: 300 }).toHaveLength(1);
  return bootsOf(hostOf(vm), vm)[0]!;
}

/** Types into the guest's shell on its serial line; QEMU notices within a second that somebody is there. */
function type(vm: Body, line: string): void {
  cloud.at(hostOf(vm), `exec 3>"$(virsh ttyconsole ${instance(vm)})"; sleep 1.5; printf '%s\\n' '${line}' >&3; sleep 1.5`);
}

/** Gives the guest the address that it has, and a service that sends back what it gets. */
async function prepareGuest(vm: Body): Promise<string> {
  const address = String(vm['ipaddress']);
  type(
    vm,
    `killall udhcpc; ip addr flush dev eth0; ip addr add ${address}/24 dev eth0; ip route add default via ${cloud.value('LAB_GATEWAY')}`,
  );
  type(vm, `while true; do nc -l -p ${echoPort} -e cat; done >/dev/null 2>&1 &`);
  await expect.poll(() => outcome(address, echoPort), { timeout: 30_000, interval: 500 }).toBe('open');
  return address;
}

/** `open`, `refused` by the guest itself, or `silent`: dropped on the way. */
function outcome(address: string, port: number): Promise<'open' | 'refused' | 'silent'> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, timeout: 2_000 });
    const end = (what: 'open' | 'refused' | 'silent') => {
      socket.destroy();
      resolve(what);
    };
    socket.once('connect', () => end('open'));
    socket.once('error', () => end('refused'));
    socket.once('timeout', () => end('silent'));
  });
}

const bootIdOver = async (address: string): Promise<string> =>
  (await (await fetch(`http://${address}/boot_id`, { signal: AbortSignal.timeout(5_000) })).text()).trim();

/** A connection on which a numbered line goes out every 20 ms, and the echo is awaited. */
class Session {
  private readonly socket: Socket;
  private readonly timer: NodeJS.Timeout;
  private sent = 0;
  private received = '';
  private lastEchoMs = performance.now();
  failure: Error | undefined;
  longestGapMs = 0;

  constructor(address: string) {
    this.socket = connect({ host: address, port: echoPort, noDelay: true });
    this.socket.on('error', (error) => (this.failure = error));
    this.socket.on('close', () => (this.failure ??= new Error('the connection was closed')));
    this.socket.on('data', (chunk) => {
      this.received += chunk.toString();
      this.longestGapMs = Math.max(this.longestGapMs, performance.now() - this.lastEchoMs);
      this.lastEchoMs = performance.now();
    });
    this.timer = setInterval(() => this.socket.write(`${(this.sent += 1)}\n`), 20);
  }

  /** Stops sending, waits for the last echo. @returns whether every line came back once and in order */
  async end(): Promise<boolean> {
    clearInterval(this.timer);
    const all = Array.from({ length: this.sent }, (_, index) => `${index + 1}\n`).join('');
    for (let waits = 0; waits < 100 && this.received.length < all.length; waits += 1) await delay(50);
    this.socket.removeAllListeners('close');
    this.socket.destroy();
    return this.received === all;
  }
}

const passwordOf = (host: HostName, vm: Body): string | undefined =>
  /passwd='([^']*)'/.exec(cloud.at(host, `virsh dumpxml --security-info ${instance(vm)}`))?.[1];

describe('L07 live migration', { timeout: 180_000 }, () => {
  it('keeps a TCP session of the guest, its boot, its firewall and its console, there and back', async ({ annotate }) => {
    const vm = await deploy('kvm1');
    const bootId = await booted(vm);
    const address = await prepareGuest(vm);
    const password = passwordOf('kvm1', vm);
    expect(password).toMatch(/^[A-Za-z0-9]{8}$/);
    expect(await outcome(address, closedPort)).toBe('silent');
    const session = new Session(address);
    await delay(1_000);
    for (const [from, to] of [
      ['kvm1', 'kvm2'],
      ['kvm2', 'kvm1'],
    ] as const) {
      session.longestGapMs = 0;
      const begin = performance.now();
      const moved = await migrate(vm, to);
      const tookMs = performance.now() - begin;
      await delay(1_000);
      await annotate(
        `migration ${from} → ${to}: ${Math.round(tookMs)} ms, longest gap of the session ${Math.round(session.longestGapMs)} ms`,
      );
      expect(moved).toMatchObject({ state: 'Running', hostid: hostIds[to] });
      expect(session.failure).toBeUndefined();
      expect(cloud.machines()).toEqual([`${to} ${instance(vm)}`]);
      expect(await bootIdOver(address)).toBe(bootId);
      expect(bootsOf(to, vm)).toEqual([bootId]);
      expect(serialLog(from, vm)).toBe('');
      expect(passwordOf(to, vm)).toBe(password);
      expect(await outcome(address, closedPort)).toBe('silent');
      expect(await differences()).toEqual([]);
    }
    expect(await session.end()).toBe(true);
  });

  it('L08 leaves the guest running when it is given up in the middle, and moves it when asked again', async () => {
    const vm = await deploy('kvm1');
    const bootId = await booted(vm);
    // The target's hypervisor goes away while memory is on its way.
    const moving = migrate(vm, 'kvm2').catch((error: unknown) => error);
    await delay(400);
    cloud.fault('stop-libvirt', 'kvm2');
    await delay(2_000);
    cloud.fault('start-libvirt', 'kvm2');
    await moving;
    const now = await read(vm);
    expect(now).toMatchObject({ state: 'Running' });
    expect(cloud.machines()).toEqual([`${hostOf(now)} ${instance(vm)}`]);
    await expect.poll(() => cloud.admin.list('listHosts', { state: 'Up' }).then(({ length }) => length), { timeout: 60_000 }).toBe(2);
    const to = hostOf(now) === 'kvm1' ? 'kvm2' : 'kvm1';
    expect(await migrate(vm, to)).toMatchObject({ state: 'Running', hostid: hostIds[to] });
    expect(bootsOf(to, vm)).toEqual([bootId]);
    expect(await differences()).toEqual([]);
  });
});

describe('F03 the server is killed while a machine moves', { timeout: 180_000 }, () => {
  it.each([150, 400, 700, 1_000, 1_500])('%i ms after the request: one copy runs on', async (afterMs) => {
    const vm = await deploy('kvm1');
    const bootId = await booted(vm);
    await cloud.admin.call('migrateVirtualMachine', { virtualmachineid: String(vm['id']), hostid: hostIds.kvm2 });
    await delay(afterMs);
    await cloud.server.kill();
    await cloud.startServer();
    await expect
      .poll(async () => (await cloud.admin.list('listAsyncJobs', { listall: true })).filter(({ jobstatus }) => jobstatus === 0), {
        timeout: 60_000,
        interval: 200,
      })
      .toEqual([]);
    const now = await read(vm);
    expect(now).toMatchObject({ state: 'Running' });
    expect(cloud.machines()).toEqual([`${hostOf(now)} ${instance(vm)}`]);
    expect(cloud.at(hostOf(now), `virsh domstate ${instance(vm)}`)).toBe('running');
    expect(bootsOf(hostOf(now), vm)).toEqual([bootId]);
    expect(await differences()).toEqual([]);
  });
});

describe('H08 maintenance', { timeout: 300_000 }, () => {
  it('moves five guests without stopping one, and ends by cancelHostMaintenance', async ({ annotate }) => {
    const vms: Body[] = [];
    for (let n = 0; n < 5; n += 1) vms.push(await deploy('kvm1'));
    const bootIds = await Promise.all(vms.map(booted));
    const begin = performance.now();
    await cloud.admin.run('prepareHostForMaintenance', { id: hostIds.kvm1 });
    const resourceState = async () => (await cloud.admin.list('listHosts', { id: hostIds.kvm1 }))[0]!['resourcestate'];
    await expect.poll(resourceState, { timeout: 120_000, interval: 250 }).toBe('Maintenance');
    await annotate(`maintenance of a host with ${vms.length} guests: ${Math.round(performance.now() - begin)} ms`);
    expect(cloud.machines()).toEqual(vms.map((vm) => `kvm2 ${instance(vm)}`).toSorted());
    expect(vms.map((vm) => bootsOf('kvm2', vm))).toEqual(bootIds.map((bootId) => [bootId]));
    for (const vm of vms) expect(await read(vm)).toMatchObject({ state: 'Running', hostid: hostIds.kvm2 });
    expect(await differences()).toEqual([]);
    const refused = await cloud.admin.refused('deployVirtualMachine', { ...deployment, hostid: hostIds.kvm1 });
    expect(refused.text).toContain('(Maintenance)');
    expect(await cloud.admin.run('cancelHostMaintenance', { id: hostIds.kvm1 })).toMatchObject({ resourcestate: 'Enabled' });
    expect(await migrate(vms[0]!, 'kvm1')).toMatchObject({ state: 'Running', hostid: hostIds.kvm1 });
    expect(await differences()).toEqual([]);
  });
});
