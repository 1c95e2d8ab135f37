// A volume that is deleted takes the files with it that were made for links to it.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Cloud } from '../../../test/harness/cloud.ts';
import { simulatedFiles } from '../../../test/harness/simulated-files.ts';
import { startCloudWithSystemVms } from '../../../test/harness/system-vms.ts';

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloudWithSystemVms({ hosts: 1 });
}, 60_000);
afterAll(() => cloud.stop());

const extracted = () => simulatedFiles(cloud.server).filter((file) => file.includes('extract/'));
const fileDifferences = async () =>
  (await cloud.server.admin.list('verifyInventory')).filter(({ check }) => String(check).endsWith('-files'));

it('I10 leaves no copy of a volume that was handed out and then deleted', async () => {
  const { admin } = cloud.server;
  const diskofferingid = String((await admin.list('listDiskOfferings'))[0]!['id']);
  const { id: virtualmachineid } = await cloud.deploy({ name: 'web', diskofferingid });
  const [data] = await admin.list('listVolumes', { virtualmachineid: String(virtualmachineid), type: 'DATADISK' });
  const id = String(data!['id']);
  await admin.run('destroyVirtualMachine', { id: String(virtualmachineid), expunge: true });
  await admin.run('extractVolume', { id, zoneid: cloud.zone.zoneId, mode: 'HTTP_DOWNLOAD' });
  expect(extracted()).toHaveLength(1);
  expect(await fileDifferences()).toEqual([]);
  await admin.call('deleteVolume', { id });
  // Until the copy is gone, its link knows it.
  expect(await fileDifferences()).toEqual([]);
  await expect
    .poll(async () => {
      await cloud.server.runtime.schedule.wake('template-download');
      return extracted();
    })
    .toEqual([]);
  expect(await cloud.server.dataSource.query('SELECT id FROM store_link')).toEqual([]);
});
