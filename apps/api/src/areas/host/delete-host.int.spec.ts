// H12: a host with machines stays, unless it is forced; secondary storage is removed by the same command, as older clients do.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Cloud, startCloud } from '../../../test/harness/cloud.ts';

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(() => cloud.stop());

it('refuses while machines run on it and names them; forced ends them', async () => {
  const { admin } = cloud.server;
  const vm = await cloud.deploy({ name: 'tenant' });
  const id = String(vm['hostid']);
  const [host] = await admin.list('listHosts', { id });
  const refusal = await admin.refused('deleteHost', { id });
  expect([refusal.code, refusal.text]).toEqual([536, expect.stringContaining('tenant')]);
  expect((await admin.list('listHosts', { id }))[0]).toMatchObject({ state: 'Up', cpuallocatedvalue: 500 });

  expect(await admin.call('deleteHost', { id, forced: true })).toMatchObject({ success: 'true' });
  expect((await admin.list('listVirtualMachines', { id: String(vm['id']) }))[0]).toMatchObject({ state: 'Stopped' });
  cloud.fleet.catchUp();
  const simulated = cloud.fleet.findHost(String(host!['ipaddress']))!;
  expect([...(simulated.machines?.values() ?? [])].map(({ power }) => power)).toEqual(['stopped']);
  expect([simulated.keys ?? [], simulated.mounts ?? []]).toEqual([[], []]);
  expect(await admin.list('verifyInventory')).toEqual([]);
  expect(await admin.run('startVirtualMachine', { id: String(vm['id']) })).toMatchObject({ state: 'Running' });
});

it('removes secondary storage that holds nothing else', async () => {
  const { admin } = cloud.server;
  await admin.call('addImageStore', { provider: 'NFS', zoneid: cloud.zone.zoneId, url: 'nfs://sim-nfs/second' });
  const [store] = await admin.list('listHosts', { type: 'SecondaryStorage', name: 'nfs://sim-nfs/second' });
  expect(store).toMatchObject({ type: 'SecondaryStorage', state: 'Up', zoneid: cloud.zone.zoneId });
  expect(await admin.call('deleteHost', { id: String(store!['id']) })).toMatchObject({ success: 'true' });
  expect(await admin.list('listHosts', { type: 'SecondaryStorage', name: 'nfs://sim-nfs/second' })).toEqual([]);
});

it('leaves a cluster without hosts open to any architecture', async () => {
  const { admin } = cloud.server;
  const arch = async () => (await admin.list('listClusters', { id: cloud.zone.clusterId }))[0]!['arch'];
  for (const { id } of await admin.list('listHosts', { type: 'Routing' })) {
    expect(await arch()).toBe('x86_64');
    await admin.call('deleteHost', { id: String(id), forced: true });
  }
  expect(await arch()).toBeUndefined();
});
