// System machines on real hosts: from an enabled empty zone to agents that answer, and what happens when they die.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Body } from '../harness/api-client.ts';
import { type HostName, hostNames, LabCloud, type LabPlace, systemVmEnvironment } from '../harness/lab-cloud.ts';

/** Under emulation, with others at work. */
const bootMs = 240_000;

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

  it('lets them open nothing on their host', async () => {
    const host = hostOf(await machine('consoleproxy'));
    expect(cloud.at(host, 'nft list table inet strata_control')).toContain('drop');
    expect(cloud.at(host, 'bridge -d link show master cloud0')).toContain('isolated on');
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
