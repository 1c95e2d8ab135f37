// The life of a host on the simulator: listed, changed, lost, found again, removed.
import { join } from 'node:path';
import { SimulatedFleet } from '@strata/hypervisor';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { simulatedMounts } from '../../../test/harness/simulated-files.ts';
import { createPlace, type Place } from '../../../test/harness/place.ts';
import { startTestServer, type TestServer } from '../../../test/harness/test-server.ts';

let server: TestServer;
let place: Place;
let fleet: SimulatedFleet;

beforeAll(async () => {
  server = await startTestServer();
  place = await createPlace(server.admin);
  fleet = new SimulatedFleet({ journalPath: join(server.config.dataFolder, 'simulator.journal') });
});
afterAll(async () => {
  fleet.close();
  await server.stop();
});

async function add(name: string): Promise<string> {
  const { host } = (await server.admin.call('addHost', {
    ...place,
    hypervisor: 'Simulator',
    url: `http://${name}`,
    username: 'root',
    password: 'password',
  })) as { host: { id: string }[] };
  return host[0]!.id;
}

const read = async (id: string) => (await server.admin.list('listHosts', { id }))[0]!;
const check = () => server.runtime.schedule.wake('host-health');
const openAlerts = async () =>
  (await server.dataSource.query<{ cause: string }[]>('SELECT open_cause AS cause FROM alert WHERE open_cause IS NOT NULL')).map(
    ({ cause }) => cause,
  );

describe('listHosts', () => {
  it('filters, pages and knows the types', async () => {
    const ids = [await add('sim-1.list.test'), await add('sim-2.list.test')];
    expect((await server.admin.list('listHosts', { type: 'routing', zoneid: place.zoneid })).length).toBeGreaterThanOrEqual(2);
    expect(await server.admin.call('listHosts', { page: 1, pagesize: 1, keyword: 'list.test' })).toMatchObject({ count: 2 });
    expect(await server.admin.list('listHosts', { type: 'Routing', state: 'Alert' })).toEqual([]);
    expect(await server.admin.list('listHosts', { type: 'SecondaryStorageVM' })).toEqual([]);
    expect(await read(ids[0]!)).toMatchObject({ id: ids[0], cpuwithoverprovisioning: String(16 * 2_600), cpuallocated: '0%' });
    expect((await server.admin.refused('listHosts', { type: 'Toaster' })).code).toBe(431);
    expect((await server.admin.refused('listHosts', { id: '00000000-0000-4000-8000-000000000000' })).text).toContain(
      'entity does not exist',
    );
  });
});

describe('downloadHostLog', () => {
  it('CS-48 shows what the hypervisor has noted, and says when the host does not answer', async () => {
    const id = await add('sim-1.log.test');
    const [log] = await server.admin.list('downloadHostLog', { id });
    expect(log).toMatchObject({ id, name: 'sim-1.log.test', log: expect.stringContaining('libvirt') });
    const fault = { host: 'sim-1.log.test', method: 'readHostLog', kind: 'unsupported', when: 'before', times: 1 } as const;
    fleet.change({ do: 'fault', ...fault });
    expect((await server.admin.refused('downloadHostLog', { id })).code).toBe(534);
  });
});

describe('updateHost', () => {
  it('disables, enables, renames and tags', async () => {
    const id = await add('sim-1.update.test');
    await server.admin.call('updateHost', { id, allocationstate: 'Disable', name: 'rack 1 top', hosttags: 'ssd' });
    expect(await read(id)).toMatchObject({ resourcestate: 'Disabled', name: 'rack 1 top', hosttags: 'ssd' });
    await server.admin.call('updateHost', { id, allocationstate: 'Enable', hosttags: '' });
    expect(await read(id)).toMatchObject({ resourcestate: 'Enabled' });
    expect(await read(id)).not.toHaveProperty('hosttags');
    await server.admin.call('updateHost', { id, allocationstate: 'Enable' });
    expect((await server.admin.refused('updateHost', { id, hosttags: 'a b' })).code).toBe(431);
  });
});

describe('the health check', () => {
  it('is patient with a host that misses pings', async () => {
    const id = await add('sim-0.health.test');
    fleet.fail('sim-0.health.test', 'pingHost', { kind: 'unreachable', reason: 'timedOut' }, 2);
    await check();
    expect(await read(id)).toMatchObject({ state: 'Up' });
    fleet.clearFaults();
  });

  it('declares a silent host Disconnected, then Down, with one alert, and brings it back', async () => {
    const id = await add('sim-1.health.test');
    fleet.setPower('sim-1.health.test', 'unreachable');
    await check();
    expect(await read(id)).toMatchObject({ state: 'Disconnected', annotation: expect.stringContaining('does not answer') });
    expect(await openAlerts()).toEqual([`host/${id}/down`]);
    await server.dataSource.query('UPDATE host SET disconnected_at = NOW() - INTERVAL 5 MINUTE WHERE uuid = ?', [id]);
    await check();
    expect(await read(id)).toMatchObject({ state: 'Down' });

    const written = async () => [
      await server.dataSource.query('SELECT id, version, state, state_reason FROM host ORDER BY id'),
      await server.dataSource.query('SELECT id, times, sent FROM alert ORDER BY id'),
    ];
    const before = await written();
    await check();
    expect(await written()).toEqual(before);

    fleet.setPower('sim-1.health.test', 'on');
    await check();
    expect(await read(id)).toMatchObject({ state: 'Up' });
    expect(await openAlerts()).toEqual([]);
  }, 60_000);

  it('CS-48 reports a host that answers but cannot serve, and reconnecting after the repair suffices', async () => {
    const id = await add('sim-2.health.test');
    fleet.fail('sim-2.health.test', 'pingHost', { kind: 'unreachable' }, 100);
    await check();
    expect(await read(id)).toMatchObject({ state: 'Alert' });
    expect(await openAlerts()).toEqual([`host/${id}/unfit`]);
    fleet.clearFaults();
    expect(await server.admin.run('reconnectHost', { id })).toMatchObject({ id, state: 'Up' });
    expect(await openAlerts()).toEqual([]);
  });

  it('mounts primary storage again on a host that was rebooted so quickly that it never was Disconnected', async () => {
    const id = await add('sim-5.health.test');
    const pool = { name: 'again', url: 'nfs://sim-nfs/again' };
    const { storagepool } = (await server.admin.call('createStoragePool', { ...place, ...pool })) as { storagepool: { id: string } };
    const mount = 'sim-5.health.test sim-nfs:/again';
    expect(simulatedMounts(server)).toContain(mount);
    await check();
    fleet.outOfBand.unmount('sim-5.health.test', storagepool.id);
    expect(simulatedMounts(server)).not.toContain(mount);
    fleet.fail('sim-5.health.test', 'pingHost', { kind: 'unreachable', reason: 'timedOut' }, 2);
    await check();
    expect(await read(id)).toMatchObject({ state: 'Up' });
    expect(simulatedMounts(server)).toContain(mount);
    await server.admin.call('deleteStoragePool', { id: storagepool.id });
  });

  it('mounts no storage again whose removal has begun', async () => {
    await add('sim-9.health.test');
    const pool = { name: 'leaving', url: 'nfs://sim-nfs/leaving' };
    const { storagepool } = (await server.admin.call('createStoragePool', { ...place, ...pool })) as { storagepool: { id: string } };
    const mount = 'sim-9.health.test sim-nfs:/leaving';
    await check();
    fleet.setLatency({ 'mounts.remove': 3_000 });
    const removal = server.admin.call('deleteStoragePool', { id: storagepool.id });
    const state = async () => (await server.admin.list('listStoragePools', { id: storagepool.id }))[0]!['state'];
    await expect.poll(state).toBe('Removed');
    fleet.outOfBand.unmount('sim-9.health.test', storagepool.id);
    fleet.fail('sim-9.health.test', 'pingHost', { kind: 'unreachable', reason: 'timedOut' }, 2);
    await check();
    expect(simulatedMounts(server)).not.toContain(mount);
    fleet.setLatency({ 'mounts.remove': 0 });
    await removal;
    expect(simulatedMounts(server)).not.toContain(mount);
  });

  it('refreshes the capacity when the host is connected again', async () => {
    const id = await add('sim-3.health.test');
    fleet.setSize('sim-3.health.test', { cpuCores: 4, cpuMhz: 2_000, memoryMib: 8_192 });
    expect(await server.admin.run('reconnectHost', { id })).toMatchObject({ cpunumber: 4, cpuspeed: 2_000, memorytotal: 8_192 * 2 ** 20 });
  });

  it('fails a reconnect with the reason, and the host is not left Connecting', async () => {
    const id = await add('sim-4.health.test');
    fleet.setPower('sim-4.health.test', 'unreachable');
    await expect(server.admin.run('reconnectHost', { id })).rejects.toThrow(/does not answer/);
    expect(await read(id)).toMatchObject({ state: 'Disconnected' });
    fleet.setPower('sim-4.health.test', 'on');
    await check();
    expect(await read(id)).toMatchObject({ state: 'Up' });
  });
});

describe('deleteHost', () => {
  it('H12 removes rows, key and mounts, so that the host can be added again', async () => {
    const id = await add('sim-1.delete.test');
    expect(await server.admin.call('deleteHost', { id })).toMatchObject({ success: 'true' });
    expect((await server.admin.refused('listHosts', { id })).code).toBe(431);
    const capacity = await server.dataSource.query<{ n: number }[]>(
      'SELECT COUNT(*) AS n FROM host_capacity WHERE host_id NOT IN (SELECT id FROM host)',
    );
    expect(Number(capacity[0]!.n)).toBe(0);
    expect((await server.admin.refused('addHost', { ...place, hypervisor: 'Simulator', url: 'http://sim-1.delete.test' })).text).toMatch(
      /management key/,
    );
    await add('sim-1.delete.test');
  });

  it('removes a host that is gone', async () => {
    const id = await add('sim-2.delete.test');
    fleet.setPower('sim-2.delete.test', 'off');
    expect(await server.admin.call('deleteHost', { id })).toMatchObject({ success: 'true' });
  }, 60_000);

  it('leaves the host as it was when it is cut short', async () => {
    const id = await add('sim-3.delete.test');
    server.failpoints.set('deleteHost:machines:error');
    try {
      await server.admin.refused('deleteHost', { id });
    } finally {
      server.failpoints.set('');
    }
    expect(await read(id)).toMatchObject({ state: 'Up', cpunumber: 16 });
  });

  it('is repeated when it was cut short after the key was taken back; until then the host is known to let nobody in', async () => {
    const id = await add('sim-4.delete.test');
    server.failpoints.set('deleteHost:gone:error');
    try {
      await server.admin.refused('deleteHost', { id });
    } finally {
      server.failpoints.set('');
    }
    await check();
    expect(await read(id)).toMatchObject({ state: 'Alert', annotation: expect.stringContaining('management key') as string });
    expect(await server.admin.call('deleteHost', { id })).toMatchObject({ success: 'true' });
    expect((await server.admin.refused('listHosts', { id })).code).toBe(431);
    expect(await openAlerts()).toEqual([]);
    await add('sim-4.delete.test');
  });
});
