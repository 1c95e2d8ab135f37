// Capacity: what a zone on the simulator has, and what a machine takes of it.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Body } from '../../../test/harness/api-client.ts';
import { type BasicZone, createBasicZone } from '../../../test/harness/basic-zone.ts';
import { startTestServer, type TestServer } from '../../../test/harness/test-server.ts';

let server: TestServer;
let zone: BasicZone;
beforeAll(async () => {
  server = await startTestServer();
  zone = await createBasicZone(server.admin, { hosts: 2, guestAddresses: 50 });
});
afterAll(() => server?.stop());

const byType = (rows: readonly Body[]) => new Map(rows.map((row) => [row['type'], row]));

it('adds up hosts, storage and addresses of a zone, a pod and a cluster', async () => {
  const { admin } = server;
  const hosts = await server.dataSource.query<{ cpuCores: number; cpuMhz: number; memoryMib: number }[]>(
    'SELECT cpu_cores AS cpuCores, cpu_mhz AS cpuMhz, memory_mib AS memoryMib FROM host_capacity',
  );
  const zoneRows = byType(await admin.list('listCapacity', { zoneid: zone.zoneId, fetchlatest: true }));
  expect(zoneRows.get(0)).toMatchObject({
    capacitytotal: hosts.reduce((sum, { memoryMib }) => sum + memoryMib - 1024, 0) * 1024 ** 2,
    capacityused: 0,
    percentused: '0',
    name: 'MEMORY',
    zonename: 'zone-one',
  });
  expect(zoneRows.get(1)).toMatchObject({ capacitytotal: hosts.reduce((sum, { cpuCores, cpuMhz }) => sum + cpuCores * cpuMhz, 0) });
  expect(zoneRows.get(90)).toMatchObject({ capacitytotal: hosts.reduce((sum, { cpuCores }) => sum + cpuCores, 0) });
  expect(zoneRows.get(5)).toMatchObject({ capacitytotal: 50 });
  expect(zoneRows.get(8)).toMatchObject({ capacitytotal: 50 });
  expect(Number(zoneRows.get(3)!['capacitytotal'])).toBe(2 * Number(zoneRows.get(2)!['capacitytotal']));
  expect(zoneRows.has(6)).toBe(true);
  const podRows = byType(await admin.list('listCapacity', { podid: zone.podId }));
  expect(podRows.get(0)).toMatchObject({ podid: zone.podId, podname: 'pod-one', capacitytotal: zoneRows.get(0)!['capacitytotal'] });
  expect(podRows.has(6)).toBe(false);
  const clusterRows = byType(await admin.list('listCapacity', { clusterid: zone.clusterId }));
  expect(clusterRows.get(1)).toMatchObject({
    clusterid: zone.clusterId,
    clustername: 'cluster-one',
    podid: zone.podId,
    capacitytotal: zoneRows.get(1)!['capacitytotal'],
  });
  expect(new Set(clusterRows.keys())).toEqual(new Set([0, 1, 2, 3, 90]));
});

it('counts what is reserved and follows the factors of the cluster', async () => {
  const { admin } = server;
  const cpu = async () => (await admin.list('listCapacity', { clusterid: zone.clusterId, type: 1 }))[0]!;
  const before = Number((await cpu())['capacitytotal']);
  await server.dataSource.query('UPDATE host_capacity SET reserved_cpu_mhz = 1000, reserved_memory_mib = 512 ORDER BY host_id LIMIT 1');
  await admin.call('updateConfiguration', { name: 'cpu.overprovisioning.factor', value: '2', clusterid: zone.clusterId });
  const row = await cpu();
  expect(row).toMatchObject({
    capacitytotal: before * 2,
    capacityused: 1000,
    capacityallocated: 1000,
    percentused: String(Math.round((1000 / (before * 2)) * 10_000) / 100),
  });
  expect(await admin.list('listClusters', { id: zone.clusterId })).toEqual([
    expect.objectContaining({ cpuovercommitratio: '2', memoryovercommitratio: '1' }),
  ]);
  const memory = async () => Number((await admin.list('listCapacity', { clusterid: zone.clusterId, type: 0 }))[0]!['capacitytotal']);
  const kept = await memory();
  await admin.call('updateConfiguration', { name: 'host.reserved.mem.mb', value: '0', clusterid: zone.clusterId });
  expect(await memory()).toBe(kept + 2 * 1024 ** 3);
  const [host] = await admin.list('listHosts', { id: zone.hostIds[0] });
  expect(host!['memorywithoverprovisioning']).toBe(String(host!['memorytotal']));
  await admin.call('updateConfiguration', { name: 'host.reserved.mem.mb', value: '1024', clusterid: zone.clusterId });
  const [shown] = await admin.list('listZones', { id: zone.zoneId, showcapacities: true });
  expect((shown!['capacity'] as Body[]).find(({ type }) => type === 0)).toMatchObject({ capacityused: 512 * 1024 ** 2 });
});

it('shows the fullest first, page by page, as the dashboard asks', async () => {
  const { admin } = server;
  const rows = await admin.list('listCapacity', { sortBy: 'usage', page: 0, pagesize: 8 });
  expect(rows.length).toBeLessThanOrEqual(8);
  const used = rows.map(({ percentused }) => Number(percentused));
  expect(used).toEqual([...used].sort((one, other) => other - one));
  expect((await admin.list('listCapacity', { sortby: 'usage', podid: zone.podId }))[0]).toMatchObject({ clusterid: zone.clusterId });
  expect(await admin.refused('listCapacity', { pagesize: 8 })).toMatchObject({ code: 431 });
});
