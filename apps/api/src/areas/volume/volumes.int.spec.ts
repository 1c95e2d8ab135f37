// Volumes on the simulator: seen by their owners, removed only when no machine has them; templates that their disks depend on stay.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiClient, Body } from '../../../test/harness/api-client.ts';
import { type Cloud, startCloud } from '../../../test/harness/cloud.ts';
import { simulatedFiles } from '../../../test/harness/simulated-files.ts';

let cloud: Cloud;
let admin: ApiClient;
let jane: ApiClient;
let machine: Body;
let root: Body;

beforeAll(async () => {
  cloud = await startCloud({ hosts: 1 });
  admin = cloud.server.admin;
  const { account } = (await admin.call('createAccount', {
    accounttype: 0,
    username: 'jane',
    firstname: 'Jane',
    lastname: 'Doe',
    email: 'jane@example.test',
    password: 'a long password',
  })) as {
    account: { user: Body[] };
  };
  const { userkeys } = (await admin.call('registerUserKeys', { id: String(account.user[0]!['id']) })) as {
    userkeys: { apikey: string; secretkey: string };
  };
  jane = cloud.server.as({ apiKey: userkeys.apikey, secretKey: userkeys.secretkey });
  machine = await cloud.deploy({
    name: 'web',
    account: 'jane',
    domainid: String((await admin.list('listDomains', { name: 'ROOT' }))[0]!['id']),
  });
  root = (await admin.list('listVolumes', { listall: true }))[0]!;
});
afterAll(() => cloud.stop());

const reserved = async () => (await admin.list('listStoragePools'))[0]!['disksizeallocated'] as number;

describe('volumes', () => {
  it('show administrators where they lie', () => {
    expect(root).toMatchObject({
      type: 'ROOT',
      state: 'Ready',
      deviceid: 0,
      size: 64 * 2 ** 20,
      virtualmachineid: machine['id'],
      vmname: 'web',
      vmstate: 'Running',
      zoneid: cloud.zone.zoneId,
      storageid: cloud.zone.poolId,
      storage: 'primary-one',
      storagetype: 'shared',
      path: `volumes/${String(root['id'])}.qcow2`,
      hypervisor: 'Simulator',
      serviceofferingname: 'tiny',
      templateid: cloud.templateId,
      account: 'jane',
      domain: 'ROOT',
      destroyed: false,
      tags: [],
    });
  });

  it('show users no infrastructure', async () => {
    const [seen] = await jane.list('listVolumes');
    expect(seen).toMatchObject({ id: root['id'], virtualmachineid: machine['id'] });
    for (const field of ['storage', 'storageid', 'path', 'clusterid', 'clustername', 'podid', 'podname'])
      expect(seen).not.toHaveProperty(field);
  });

  it('are listed by owner and by their properties', async () => {
    const found = async (params: Record<string, string | boolean>) =>
      (await admin.list('listVolumes', { listall: true, ...params })).length;
    expect(await admin.list('listVolumes')).toEqual([]);
    expect(
      await found({ type: 'ROOT', virtualmachineid: String(machine['id']), zoneid: cloud.zone.zoneId, storageid: cloud.zone.poolId }),
    ).toBe(1);
    expect(await found({ hostid: cloud.zone.hostIds[0]!, clusterid: cloud.zone.clusterId, podid: cloud.zone.podId })).toBe(1);
    expect(await found({ state: 'Ready', name: String(root['name']), keyword: 'ROOT', serviceofferingid: cloud.offeringId })).toBe(1);
    expect(await found({ type: 'DATADISK' })).toBe(0);
    expect(await found({ state: 'Allocated' })).toBe(0);
    expect(await found({ ids: String(root['id']) })).toBe(1);
  });

  it('are not removed while a machine has them', async () => {
    for (const client of [admin, jane]) {
      const error = await client.refused('deleteVolume', { id: String(root['id']) });
      expect([error.code, error.text]).toEqual([536, expect.stringContaining('is attached to a virtual machine')]);
    }
    expect(await admin.list('listVolumes', { id: String(root['id']) })).toHaveLength(1);
  });

  it('keep the template that their disks depend on', async () => {
    const error = await admin.refused('deleteTemplate', { id: cloud.templateId });
    expect([error.code, error.text]).toEqual([536, expect.stringMatching(/depend on template test guest \(web\): destroy and expunge/)]);
  });

  it('are removed by their owners once detached, with file and reservation', async () => {
    const before = await reserved();
    await cloud.server.dataSource.query('UPDATE volume SET vm_id = NULL, device_id = NULL WHERE uuid = ?', [root['id']]);
    await admin.run('destroyVirtualMachine', { id: String(machine['id']), expunge: true });
    expect(simulatedFiles(cloud.server)).toContain(`sim-nfs:/primary-one/volumes/${String(root['id'])}.qcow2`);
    expect(await jane.call('deleteVolume', { id: String(root['id']) })).toEqual({ success: 'true' });
    expect(await admin.call('listVolumes', { listall: true })).toEqual({});
    expect(simulatedFiles(cloud.server).filter((file) => file.includes('/volumes/'))).toEqual([]);
    expect(simulatedFiles(cloud.server)).toEqual(
      ['primary-one', 'secondary-one'].map((place) => `sim-nfs:/${place}/template/${cloud.templateId}.qcow2`),
    );
    expect(await reserved()).toBe(before - 64 * 2 ** 20);
    expect((await jane.refused('deleteVolume', { id: String(root['id']) })).text).toContain('entity does not exist');
  });

  it('gone, leave the template as it was when its removal finds a machine after all', async () => {
    cloud.server.failpoints.set('deleteTemplate:unused:error');
    await expect(admin.run('deleteTemplate', { id: cloud.templateId })).rejects.toThrow();
    cloud.server.failpoints.set('');
    expect(await admin.list('listTemplates', { templatefilter: 'executable' })).toMatchObject([{ id: cloud.templateId, isready: true }]);
    const states = await cloud.server.dataSource.query<{ state: string }[]>('SELECT state FROM template_copy');
    expect(states).toEqual([{ state: 'Ready' }, { state: 'Ready' }]);
  });

  it('let a template whose removal broke off be deleted again', async () => {
    cloud.server.failpoints.set('deleteTemplate:files:error');
    await expect(admin.run('deleteTemplate', { id: cloud.templateId })).rejects.toThrow();
    cloud.server.failpoints.set('');
    expect(await admin.call('listTemplates', { templatefilter: 'all' })).toEqual({});
    const error = await admin.refused('deployVirtualMachine', {
      zoneid: cloud.zone.zoneId,
      templateid: cloud.templateId,
      serviceofferingid: cloud.offeringId,
    });
    expect(error.text).toContain('the template is being deleted');
  });

  it('gone, let the template go from primary and secondary storage', async () => {
    expect(await admin.run('deleteTemplate', { id: cloud.templateId })).toEqual({ success: true });
    expect(simulatedFiles(cloud.server)).toEqual([]);
    expect(await reserved()).toBe(0);
    expect(await admin.call('listTemplates', { templatefilter: 'all' })).toEqual({});
  });
});
