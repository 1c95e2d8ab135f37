// System machines on real hosts: from an enabled empty zone to agents that answer, and what happens when they die.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { agentSshPort } from '@strata/domain';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Body } from '../harness/api-client.ts';
import { type HostName, hostNames, LabCloud, type LabPlace, systemVmEnvironment } from '../harness/lab-cloud.ts';

/** Under emulation, with others at work. */
const bootMs = 240_000;
const program = join(import.meta.dirname, '../../dist/cli/main.js');

let cloud: LabCloud;
let place: LabPlace;

beforeAll(async () => {
  cloud = await LabCloud.start('sysvm', systemVmEnvironment());
  place = await cloud.createPlace({ systemVms: true });
  for (const host of hostNames) await cloud.addHost(host, place);
  await cloud.addPrimary(place);
  await cloud.addSecondary(place);
}, 300_000);

afterAll(async () => {
  await cloud?.stop();
});

const machine = async (systemvmtype: string): Promise<Body> => (await cloud.admin.list('listSystemVms', { systemvmtype }))[0]!;
/** Runs a command in a system machine, by the login that administrators have. */
async function inside(vm: Body, command: string): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [program, 'systemvm', 'ssh', String(vm['name']), command], {
    env: { ...process.env, STRATA_DATA: cloud.dataFolder },
    timeout: 60_000,
  });
  return stdout;
}

/** Whether a system machine gets through to a TCP port. */
async function opens(vm: Body, address: string, port: number): Promise<boolean> {
  const script = `require('net').connect({host:'${address}',port:${port}}).setTimeout(3000,()=>{console.log('shut');process.exit()}).on('connect',()=>{console.log('open');process.exit()}).on('error',(e)=>{console.log('shut',e.code);process.exit()})`;
  const said = await inside(vm, `/usr/local/bin/node -e "${script}"`);
  expect(said).toMatch(/^(open|shut)/);
  return said.startsWith('open');
}

const hostOf = (vm: Body): HostName => hostNames.find((name) => String(vm['hostname']).startsWith(name))!;

describe('an enabled empty zone', () => {
  it('CS-41 has both system machines with agents that answer, by itself', { timeout: 300_000 }, async () => {
    const before = performance.now();
    await cloud.admin.call('updateZone', { id: place.zoneid, allocationstate: 'Enabled' });
    const machines = await cloud.systemVmsUp();
    process.stdout.write(`both system machines were Up after ${((performance.now() - before) / 1_000).toFixed(1)} s\n`);
    for (const vm of machines) expect(cloud.machines()).toContain(`${hostOf(vm)} ${String(vm['name'])}`);
    expect(await cloud.differences()).toEqual([]);
  });

  it('T29 lets them open nothing on their host, nor through it', { timeout: 300_000 }, async () => {
    const proxy = await machine('consoleproxy');
    const store = await machine('secondarystoragevm');
    const hostid = String(proxy['hostid']);
    if (store['hostid'] !== hostid) await cloud.admin.run('migrateSystemVm', { virtualmachineid: String(store['id']), hostid }, bootMs);
    await cloud.systemVmsUp();
    const host = hostOf(proxy);
    // The probe finds what there is to find.
    expect(await opens(proxy, String(proxy['linklocalip']), agentSshPort)).toBe(true);
    expect(cloud.at(host, `timeout 5 bash -c 'exec 3<>/dev/tcp/${String(store['linklocalip'])}/${agentSshPort}' && echo open`)).toContain(
      'open',
    );
    expect(await opens(proxy, '169.254.0.1', 22)).toBe(false);
    expect(await opens(proxy, String(store['linklocalip']), agentSshPort)).toBe(false);
    // Through the host to what the host reaches.
    await inside(proxy, `ip route add ${cloud.value('LAB_NFS_SERVER')}/32 via 169.254.0.1`);
    expect(await opens(proxy, cloud.value('LAB_NFS_SERVER'), 2049)).toBe(false);
    await inside(proxy, `ip route del ${cloud.value('LAB_NFS_SERVER')}/32`);
    expect(await opens(proxy, cloud.value('LAB_NFS_SERVER'), 2049)).toBe(true);
  });

  it('T29 closes their host again within a minute when somebody has flushed its rules', { timeout: 180_000 }, async () => {
    const proxy = await machine('consoleproxy');
    const host = hostOf(proxy);
    const rules = (): string => cloud.at(host, 'nft list ruleset | sed -n "/strata_control/,/^}/p"');
    const own = `ip saddr ${String(proxy['linklocalip'])} accept`;
    expect(rules()).toContain(own);
    expect(cloud.at(host, 'nft flush ruleset; nft list ruleset')).toBe('');
    await expect.poll(rules, { timeout: 60_000, interval: 1_000 }).toContain(own);
    expect(rules()).toContain('ct state established,related accept');
    expect(await opens(proxy, '169.254.0.1', 22)).toBe(false);
  });
});

describe('moving', () => {
  it('takes a running machine to the other host, and its agent along', { timeout: 300_000 }, async () => {
    const before = await machine('consoleproxy');
    const moved = await cloud.admin.run('migrateSystemVm', { virtualmachineid: String(before['id']), autoselect: true }, bootMs);
    expect(hostOf(moved)).not.toBe(hostOf(before));
    await cloud.systemVmsUp();
    expect(cloud.machines()).toContain(`${hostOf(moved)} ${String(before['name'])}`);
    expect(await cloud.differences()).toEqual([]);
  });
});

describe('replacing', () => {
  it('gives a machine that lost its power back to the zone, once', { timeout: 400_000 }, async () => {
    const vm = await machine('secondarystoragevm');
    cloud.at(hostOf(vm), `virsh destroy ${String(vm['name'])}`);
    await expect.poll(async () => (await machine('secondarystoragevm'))['state'], { timeout: 60_000 }).not.toBe('Running');
    await cloud.systemVmsUp();
    expect(cloud.machines().filter((line) => / s-\d+-VM$/.test(line))).toHaveLength(1);
    expect(await cloud.differences()).toEqual([]);
  });

  it('reboots, stops, starts and destroys them when an administrator says so', { timeout: 600_000 }, async () => {
    const id = String((await machine('consoleproxy'))['id']);
    expect(await cloud.admin.run('rebootSystemVm', { id }, bootMs)).toMatchObject({ state: 'Running', agentstate: 'Up' });
    expect(await cloud.admin.run('stopSystemVm', { id }, bootMs)).toMatchObject({ state: 'Stopped', agentstate: 'Disconnected' });
    expect(cloud.machines().filter((line) => / v-/.test(line))).toEqual([]);
    expect(await cloud.admin.run('startSystemVm', { id }, bootMs)).toMatchObject({ state: 'Running', agentstate: 'Up' });
    await cloud.admin.run('destroySystemVm', { id }, bootMs);
    const machines = await cloud.systemVmsUp();
    expect(machines.map((vm) => vm['id'])).not.toContain(id);
    expect(await cloud.differences()).toEqual([]);
  });
});
