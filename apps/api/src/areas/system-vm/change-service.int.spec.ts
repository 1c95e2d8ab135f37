// changeServiceForSystemVm: a stopped system machine gets another size.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Body } from '../../../test/harness/api-client.ts';
import type { Cloud } from '../../../test/harness/cloud.ts';
import { startCloudWithSystemVms, systemVms } from '../../../test/harness/system-vms.ts';

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloudWithSystemVms({ hosts: 1 });
});
afterAll(() => cloud.stop());

async function offeringFor(systemvmtype: string, memory: number): Promise<string> {
  const params = {
    name: `${systemvmtype} ${memory}`,
    displaytext: 'larger',
    cpunumber: 1,
    cpuspeed: 500,
    memory,
    issystem: true,
    systemvmtype,
  };
  return String(((await cloud.server.admin.call('createServiceOffering', params))['serviceoffering'] as Body)['id']);
}

it('is refused for a machine that runs and for offerings of other kinds, and holds from the next start on', async () => {
  const { admin, dataSource } = cloud.server;
  const [proxy] = await systemVms(cloud, { systemvmtype: 'consoleproxy' });
  const id = String(proxy!['id']);
  const larger = await offeringFor('consoleproxy', 512);
  const change = (serviceofferingid: string) => admin.refused('changeServiceForSystemVm', { id, serviceofferingid });
  expect((await change(larger)).text).toContain('call stopSystemVm first');
  await admin.run('stopSystemVm', { id });
  expect((await change(cloud.offeringId)).text).toContain('not for system machines');
  expect((await change(await offeringFor('secondarystoragevm', 512))).text).toContain('not for system machines');
  const { systemvm } = (await admin.call('changeServiceForSystemVm', { id, serviceofferingid: larger })) as { systemvm: Body };
  expect(systemvm).toMatchObject({ id, state: 'Stopped' });
  await admin.run('startSystemVm', { id });
  const [row] = await dataSource.query<{ memory_mib: number }[]>('SELECT memory_mib FROM system_vm WHERE uuid = ?', [id]);
  expect(row!.memory_mib).toBe(512);
  expect(await admin.list('verifyInventory')).toEqual([]);
});
