// What a guest gets from its virtual router on real hosts: address, names, user data, keys and a password; and all of it again from the next one.
import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { Resolver } from 'node:dns/promises';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Body, Params } from '../harness/api-client.ts';
import { type HostName, hostNames, LabCloud, type LabPlace, systemVmEnvironment } from '../harness/lab-cloud.ts';

const run = promisify(execFile);
const bootMs = 120_000;
/** From a lost router to one that serves again: it is noticed within 20 s and boots under emulation. */
const replacedMs = 240_000;

const folder = mkdtempSync(join(tmpdir(), 'strata-router-lab-'));
const keyFile = join(folder, 'key');
const userData = { small: randomBytes(32 * 1024), large: randomBytes(1024 * 1024) };
let cloud: LabCloud;
let place: LabPlace;
let deployment: Params;
let first: Body;
let second: Body;

beforeAll(async () => {
  cloud = await LabCloud.start('router', systemVmEnvironment());
  place = await cloud.createPlace({ systemVms: true });
  for (const host of hostNames) await cloud.addHost(host, place);
  await cloud.addPrimary(place);
  await cloud.addSecondary(place);
  const templateid = await cloud.installGuest();
  await cloud.admin.call('updateTemplate', { id: templateid, passwordenabled: true });
  await cloud.admin.call('updateZone', { id: place.zoneid, allocationstate: 'Enabled' });
  for (const protocol of ['TCP', 'ICMP'])
    await cloud.admin.run('authorizeSecurityGroupIngress', {
      securitygroupname: 'default',
      protocol,
      cidrlist: '0.0.0.0/0',
      ...(protocol === 'TCP' ? { startport: 22, endport: 22 } : { icmptype: -1, icmpcode: -1 }),
    });
  const { keypair } = (await cloud.admin.call('createSSHKeyPair', { name: 'lab' })) as { keypair: { privatekey: string } };
  writeFileSync(keyFile, keypair.privatekey, { mode: 0o600 });
  deployment = { zoneid: place.zoneid, templateid, serviceofferingid: await cloud.createOffering(), keypair: 'lab' };
}, 300_000);

afterAll(async () => {
  await cloud?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Figures for whoever reads the run. */
const report = (line: string): boolean => process.stdout.write(`${line}\n`);
const routers = (): Promise<Body[]> => cloud.admin.list('listRouters', { zoneid: place.zoneid });
const hostOf = ({ hostname }: Body): HostName => hostNames.find((name) => String(hostname).startsWith(name))!;
const machine = async ({ id }: Body): Promise<Body> => (await cloud.admin.list('listVirtualMachines', { id: String(id) }))[0]!;
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** The last line of the guest's console that begins so, once it is there. */
async function said(vm: Body, what: string): Promise<string> {
  const read = (): string =>
    cloud
      .serialLog(hostOf(vm), String(vm['instancename']))
      .split('\n')
      .findLast((line) => line.includes(`STRATA-GUEST ${what}`)) ?? '';
  await expect.poll(read, { timeout: bootMs, interval: 500 }).not.toBe('');
  return read();
}

/** Follows the job of a deploy that is sent by POST. */
async function deploy(params: Params): Promise<Body> {
  const { admin } = cloud;
  const body = admin.query({ command: 'deployVirtualMachine', response: 'json', ...deployment, ...params });
  const reply = JSON.parse((await admin.send('', { body })).text) as {
    deployvirtualmachineresponse: { jobid: string; errortext?: string };
  };
  expect(reply.deployvirtualmachineresponse.errortext).toBeUndefined();
  return follow(reply.deployvirtualmachineresponse.jobid);
}

async function follow(jobid: string): Promise<Body> {
  let job: Body = {};
  await expect
    .poll(async () => (job = await cloud.admin.call('queryAsyncJobResult', { jobid }))['jobstatus'], { timeout: 420_000, interval: 500 })
    .not.toBe(0);
  expect(job).toMatchObject({ jobstatus: 1 });
  const result = job['jobresult'] as Body;
  return (result['virtualmachine'] ?? result) as Body;
}

const sshOptions = [
  '-o',
  'StrictHostKeyChecking=no',
  '-o',
  'UserKnownHostsFile=/dev/null',
  '-o',
  'ConnectTimeout=10',
  '-o',
  'LogLevel=ERROR',
];

async function sshByKey(vm: Body, command: string): Promise<string> {
  const args = [
    ...sshOptions,
    '-i',
    keyFile,
    '-o',
    'IdentitiesOnly=yes',
    '-o',
    'PasswordAuthentication=no',
    `root@${String(vm['ipaddress'])}`,
    command,
  ];
  return (await run('ssh', args, { timeout: 60_000 })).stdout.trim();
}

async function sshByPassword(vm: Body, password: string, command: string): Promise<string> {
  const answer = join(folder, 'answer');
  writeFileSync(answer, `#!/bin/sh\necho '${password}'\n`);
  chmodSync(answer, 0o700);
  const args = [
    ...sshOptions,
    '-o',
    'PubkeyAuthentication=no',
    '-o',
    'NumberOfPasswordPrompts=1',
    `root@${String(vm['ipaddress'])}`,
    command,
  ];
  const env = { ...process.env, SSH_ASKPASS: answer, SSH_ASKPASS_REQUIRE: 'force', DISPLAY: 'none' };
  return (await run('ssh', args, { env, timeout: 60_000 })).stdout.trim();
}

async function resolve(name: string): Promise<string[]> {
  const resolver = new Resolver({ timeout: 3_000, tries: 2 });
  const running = (await routers()).find(({ state }) => state === 'Running');
  resolver.setServers([String(running!['guestipaddress'])]);
  return resolver.resolve4(name);
}

describe('a virtual router', () => {
  it('CS-42 N01 gives a guest the address of the database, its name, its keys and its user data', { timeout: 480_000 }, async () => {
    const before = performance.now();
    first = await deploy({ name: 'web1', userdata: userData.small.toString('base64') });
    report(`the first machine ran after ${((performance.now() - before) / 1_000).toFixed(1)} s, its router included`);
    expect(await said(first, 'ADDRESS')).toContain(`ADDRESS eth0 ${String(first['ipaddress'])} hostname=web1`);
    const [router] = await routers();
    expect(await said(first, 'METADATA')).toContain(
      `router=${String(router!['guestipaddress'])} instance-id=${String(first['id'])} hostname=web1`,
    );
    expect(await said(first, 'USER-DATA')).toContain(`bytes=${32 * 1024} sha256=${sha256(userData.small)}`);
    expect(await said(first, 'KEYS')).toContain('KEYS 1');
    await expect.poll(() => sshByKey(first, 'hostname').catch(String), { timeout: 60_000 }).toBe('web1');
  });

  it('gives user data of 1 MiB unchanged', { timeout: 240_000 }, async () => {
    const before = performance.now();
    second = await deploy({ name: 'web2', userdata: userData.large.toString('base64') });
    report(`the second machine ran after ${((performance.now() - before) / 1_000).toFixed(1)} s`);
    expect(await said(second, 'USER-DATA')).toContain(`bytes=${1024 * 1024} sha256=${sha256(userData.large)}`);
  });

  it('resolves the names of guests, for guests too', async () => {
    expect(await resolve('web1.cloud.internal')).toEqual([first['ipaddress']]);
    expect(await resolve('web2')).toEqual([second['ipaddress']]);
    expect(await sshByKey(first, 'nslookup web2.cloud.internal')).toContain(String(second['ipaddress']));
  });

  it('CS-44 hands a password over once, and the guest takes it', { timeout: 240_000 }, async () => {
    await said(first, 'PASSWORD set');
    const id = String(first['id']);
    const password = String(first['password']);
    expect(await sshByPassword(first, password, 'hostname')).toBe('web1');
    const [router] = await routers();
    const ask = `get ${String(router!['guestipaddress'])} 8080 / 'DomU_Request: send_my_password'`;
    expect(await sshByKey(first, ask)).toBe('saved_password');
    await cloud.admin.run('stopVirtualMachine', { id, forced: true });
    const reset = await cloud.admin.run('resetPasswordForVirtualMachine', { id });
    expect(reset['password']).not.toBe(password);
    await cloud.admin.run('startVirtualMachine', { id });
    first = { ...(await machine(first)), password: reset['password']! };
    await expect.poll(() => sshByPassword(first, String(reset['password']), 'hostname').catch(String), { timeout: bootMs }).toBe('web1');
    await expect(sshByPassword(first, password, 'hostname')).rejects.toThrow();
  });

  it('N15 answers nobody for another guest', async () => {
    const [router] = await routers();
    const ask = `get ${String(router!['guestipaddress'])} 80 /latest/meta-data/instance-id`;
    expect(await sshByKey(second, ask)).toBe(second['id']);
    const stolen = String(first['ipaddress']);
    await expect(
      sshByKey(
        second,
        `ip address add ${stolen}/32 dev eth0; ip route replace ${String(router!['guestipaddress'])} dev eth0 src ${stolen}; ${ask}`,
      ),
    ).rejects.toThrow();
    await sshByKey(second, `ip route del ${String(router!['guestipaddress'])}`);
    await sshByKey(second, `ip address del ${stolen}/32 dev eth0`);
    expect(await cloud.differences()).toEqual([]);
  });

  it('N18 comes back with every guest after its host lost it', { timeout: 600_000 }, async () => {
    const [before] = await routers();
    cloud.at(hostOf(before!), `virsh destroy ${String(before!['name'])}`);
    const started = performance.now();
    await expect.poll(async () => (await routers())[0]?.['state'], { timeout: 60_000 }).not.toBe('Running');
    await expect
      .poll(() => resolve('web1.cloud.internal').catch(String), { timeout: replacedMs, interval: 1_000 })
      .toEqual([first['ipaddress']]);
    report(`the router served again ${((performance.now() - started) / 1_000).toFixed(1)} s after its loss`);
    expect((await routers()).filter(({ state }) => state === 'Running')).toHaveLength(1);
    expect(cloud.machines().filter((line) => / r-\d+-VM$/.test(line))).toHaveLength(1);
    await cloud.admin.run('rebootVirtualMachine', { id: String(second['id']) });
    await expect
      .poll(
        () =>
          cloud
            .serialLog(hostOf(second), String(second['instancename']))
            .split(`USER-DATA bytes=${1024 * 1024} sha256=${sha256(userData.large)}`).length,
        { timeout: bootMs },
      )
      .toBe(3);
    expect(await cloud.differences()).toEqual([]);
  });

  it('is replaced by restartNetwork with cleanup', { timeout: 600_000 }, async () => {
    const [before] = await routers();
    const [network] = await cloud.admin.list('listNetworks', { zoneid: place.zoneid, traffictype: 'Guest' });
    const { jobid } = await cloud.admin.call('restartNetwork', { id: String(network!['id']), cleanup: true });
    expect(await follow(String(jobid))).toMatchObject({ success: true });
    const after = (await routers()).filter(({ state }) => state === 'Running');
    expect(after.map(({ id }) => id)).not.toContain(before!['id']);
    expect(after).toHaveLength(1);
    await expect
      .poll(() => resolve('web2.cloud.internal').catch(String), { timeout: 30_000, interval: 1_000 })
      .toEqual([second['ipaddress']]);
    expect(await cloud.differences()).toEqual([]);
  });
});
