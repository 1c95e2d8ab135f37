// Maintenance of the only host: what serves guests stays with them, and ends only when none is left.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Body } from '../../../test/harness/api-client.ts';
import type { Cloud } from '../../../test/harness/cloud.ts';
import { startCloudWithSystemVms, systemVms } from '../../../test/harness/system-vms.ts';

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloudWithSystemVms({ hosts: 1 });
});
afterAll(() => cloud.stop());

const admin = () => cloud.server.admin;
const hostId = () => cloud.zone.hostIds[0]!;
const machines = async (): Promise<Body[]> => [...(await systemVms(cloud)), ...(await admin().list('listRouters'))];
const states = async () => (await machines()).map(({ state }) => state);
const eventsOf = async (type: string) => admin().list('listEvents', { type });

async function prepared(): Promise<Body> {
  await admin().run('prepareHostForMaintenance', { id: hostId() });
  const deadline = performance.now() + 20_000;
  for (;;) {
    for (const name of ['host-maintenance', 'system-vm']) await cloud.server.runtime.schedule.wake(name);
    const [host] = await admin().list('listHosts', { id: hostId() });
    if (host!['resourcestate'] !== 'PrepareForMaintenance') return host!;
    if (performance.now() > deadline) throw new Error(`still ${JSON.stringify(host)}`);
    await sleep(50);
  }
}

it('H08 leaves router, secondary storage and console running while a guest can go nowhere, and says so', async () => {
  const vm = await cloud.deploy();
  expect(await states()).toEqual(['Running', 'Running', 'Running']);
  const host = await prepared();
  expect(host).toMatchObject({
    resourcestate: 'ErrorInMaintenance',
    annotation: expect.stringContaining(`${String(vm['name'])}: no host`),
  });
  expect(String(host['annotation'])).not.toContain('GiB of disk');
  expect(await states()).toEqual(['Running', 'Running', 'Running']);
  expect((await machines()).map((machine) => machine['hostid'])).toEqual([hostId(), hostId(), hostId()]);
  expect(await eventsOf('ROUTER.STOP')).toEqual([]);
  await admin().run('cancelHostMaintenance', { id: hostId() });
  await admin().run('stopVirtualMachine', { id: String(vm['id']), forced: true });
});

it('H08 stops them when no guest is left, starts them when the host is back, and records each as what it is', async () => {
  expect(await prepared()).toMatchObject({ resourcestate: 'Maintenance' });
  expect(new Set(await states())).toEqual(new Set(['Stopped']));
  for (const type of ['SSVM.STOP', 'PROXY.STOP', 'ROUTER.STOP'])
    expect((await eventsOf(type)).map(({ state }) => state).toSorted()).toEqual(['Completed', 'Scheduled', 'Started']);
  await admin().run('cancelHostMaintenance', { id: hostId() });
  const before = (await eventsOf('PROXY.START')).length;
  const deadline = performance.now() + 20_000;
  // The router learns of its guests with the next check of its agent.
  const differences = async () => (await admin().list('verifyInventory')).filter(({ check }) => check !== 'I11.guests-of-routers');
  while (((await states()).some((state) => state !== 'Running') || (await differences()).length > 0) && performance.now() < deadline) {
    await cloud.server.runtime.schedule.wake('system-vm');
    await sleep(100);
  }
  expect(await states()).toEqual(['Running', 'Running', 'Running']);
  expect(await differences()).toEqual([]);
  expect((await eventsOf('PROXY.START')).length).toBeGreaterThan(before);
});

it('records that a router was ended outside as what it is, and each start of one', async () => {
  const starts = (await eventsOf('ROUTER.START')).length;
  expect(starts).toBeGreaterThan(0);
  const [router] = await admin().list('listRouters');
  const [host] = await admin().list('listHosts', { id: hostId() });
  await cloud.server.dataSource.query('UPDATE system_vm SET state_changed_at = state_changed_at - INTERVAL 1 MINUTE');
  cloud.fleet.outOfBand.destroyMachine(String(host!['ipaddress']), String(router!['name']));
  await cloud.server.runtime.schedule.wake('power-state');
  const stops = await admin().list('listEvents', { type: 'ROUTER.STOP', level: 'WARN' });
  expect(stops.map(({ description }) => description)).toEqual([expect.stringContaining(`${String(router!['name'])} is no longer running`)]);
  expect(await admin().list('listEvents', { type: 'SSVM.STOP', level: 'WARN' })).toEqual([]);
});

it('lists the event types of each kind of system machine', async () => {
  const types = (await admin().list('listEventTypes')).map(({ name }) => name);
  for (const type of ['SSVM.MIGRATE', 'PROXY.MIGRATE', 'ROUTER.MIGRATE', 'PROXY.STOP', 'PROXY.START', 'ROUTER.STOP', 'VM.MIGRATE'])
    expect(types).toContain(type);
});
