// Files of root disks on the simulator: of stopped machines as one file that needs no template, of running ones not at all.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ApiClient, Body } from '../../../test/harness/api-client.ts';
import type { Cloud } from '../../../test/harness/cloud.ts';
import { startCloudWithSystemVms } from '../../../test/harness/system-vms.ts';

let cloud: Cloud;
let admin: ApiClient;
let virtualmachineid: string;
let root: Body;

beforeAll(async () => {
  cloud = await startCloudWithSystemVms({ hosts: 1 });
  admin = cloud.server.admin;
  virtualmachineid = String((await cloud.deploy({ name: 'web' }))['id']);
  root = (await admin.list('listVolumes', { virtualmachineid }))[0]!;
}, 60_000);
afterAll(() => cloud.stop());

const request = () => ({ id: String(root['id']), zoneid: cloud.zone.zoneId, mode: 'HTTP_DOWNLOAD' });

function extracted() {
  cloud.fleet.catchUp();
  const { files } = cloud.fleet.exportOf({ server: 'sim-nfs', path: '/secondary-one' });
  return [...files].filter(([path]) => path.startsWith('extract/')).map(([, { facts }]) => facts);
}

it('refuses the disk of a running machine, in words', async () => {
  const { code, text } = await admin.refused('extractVolume', request());
  expect(code).toBe(536);
  expect(text).toContain('is attached to virtual machine web, which is Running: stop it first');
  expect(extracted()).toEqual([]);
});

it('hands out the disk of a stopped machine as a file of its own, which goes with its link', async () => {
  await admin.run('stopVirtualMachine', { id: virtualmachineid, forced: true });
  const link = await admin.run('extractVolume', request());
  expect(link).toMatchObject({
    id: root['id'],
    state: 'DOWNLOAD_URL_CREATED',
    url: expect.stringMatching(/^https:\/\/10\.0\.200\.\d+\/userdata\//) as string,
  });
  const [file, ...others] = extracted();
  expect(others).toEqual([]);
  expect(file).toMatchObject({ format: 'qcow2', virtualSizeBytes: root['size'] });
  expect(file).not.toHaveProperty('backingName');
  await cloud.server.dataSource.query('UPDATE store_link SET expires_at = NOW() - INTERVAL 1 SECOND');
  await cloud.server.runtime.schedule.wake('template-download');
  expect(extracted()).toEqual([]);
});

it('lets the machine start when the file is complete', async () => {
  cloud.fleet.setLatency({ 'disks.flatten': 700 });
  const order: string[] = [];
  const done = (what: string) => (reply: Body) => {
    order.push(what);
    return reply;
  };
  const extracting = (await admin.call('extractVolume', request()))['jobid'];
  const started = admin.run('startVirtualMachine', { id: virtualmachineid }).then(done('started'));
  const written = cloud.server.runtime.awaiter.whenDone(String(extracting), 20_000).then(({ state }) => {
    order.push('written');
    return state;
  });
  expect(await written).toBe('succeeded');
  expect(await started).toMatchObject({ state: 'Running' });
  expect(order).toEqual(['written', 'started']);
  cloud.fleet.setLatency({ 'disks.flatten': 0 });
});
