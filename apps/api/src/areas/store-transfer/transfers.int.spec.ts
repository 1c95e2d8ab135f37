// Templates, ISOs and volumes from outside, on the simulator: fetched with progress, failed with a reason, handed out under links, gone without a trace.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBasicZone } from '../../../test/harness/basic-zone.ts';
import type { ApiClient, Body, Params } from '../../../test/harness/api-client.ts';
import type { Cloud } from '../../../test/harness/cloud.ts';
import { simulatedFiles } from '../../../test/harness/simulated-files.ts';
import { startCloudWithSystemVms, systemVms, systemVmsUp, wantSystemVms } from '../../../test/harness/system-vms.ts';
import { createTenants, type Tenants } from '../../../test/harness/tenants.ts';

const wake = 'template-download';
let cloud: Cloud;
let admin: ApiClient;
let tenants: Tenants;

beforeAll(async () => {
  cloud = await startCloudWithSystemVms({ hosts: 2 });
  admin = cloud.server.admin;
  tenants = await createTenants(cloud.server);
}, 60_000);
afterAll(() => cloud.stop());

const look = () => cloud.server.runtime.schedule.wake(wake);
const storeFiles = () =>
  simulatedFiles(cloud.server)
    .filter((file) => file.includes('/secondary') && !file.includes('/template/system/'))
    .map((file) => file.slice(file.indexOf('/secondary')));

async function register(url: string, params: Params = {}, client = admin): Promise<Body> {
  const reply = await client.call('registerTemplate', {
    name: 'from the web',
    format: 'QCOW2',
    hypervisor: 'Simulator',
    zoneid: cloud.zone.zoneId,
    url,
    ...params,
  });
  expect(reply['count']).toBe(1);
  return (reply['template'] as Body[])[0]!;
}

const show = async (id: unknown, client = admin): Promise<Body> =>
  (await client.list('listTemplates', { templatefilter: 'self', id: String(id) }))[0]!;

/** Lets the reconciler work until the template is neither waiting nor coming. */
async function settled(id: unknown): Promise<Body> {
  await expect
    .poll(
      async () => {
        await look();
        return (await show(id))['status'];
      },
      { timeout: 10_000, interval: 20 },
    )
    .not.toMatch(/^(Processing|\d+% Downloaded|Installing Template|waiting)/);
  return show(id);
}

describe('registerTemplate', () => {
  it('answers at once, shows progress and then a template that deploys', async () => {
    const template = await register('http://images.test/slow.qcow2', { name: 'slow one', ispublic: true });
    expect(template).toMatchObject({ isready: false, status: 'Processing', url: 'http://images.test/slow.qcow2', format: 'QCOW2' });
    await look();
    await look();
    await expect
      .poll(async () => {
        await look();
        return (await show(template['id']))['status'];
      })
      .toMatch(/^[1-9]0% Downloaded$/);
    const [detail] = (await show(template['id']))['downloaddetails'] as Body[];
    expect(detail).toMatchObject({ datastoreRole: 'Image', downloadState: 'DOWNLOAD_IN_PROGRESS', bytestotal: 100 * 2 ** 20 });
    const ready = await settled(template['id']);
    expect(ready).toMatchObject({ isready: true, status: 'Download Complete', size: 64 * 2 ** 20, physicalsize: 100 * 2 ** 20 });
    expect(String(ready['checksum'])).toMatch(/^\{SHA-256\}[0-9a-f]{64}$/);
    expect(storeFiles().filter((file) => file.includes('.incoming'))).toEqual([]);
    const machine = await cloud.deploy({ templateid: String(template['id']) });
    expect(machine).toMatchObject({ state: 'Running', templateid: template['id'] });
    expect((await admin.refused('deleteTemplate', { id: String(template['id']) })).text).toContain('depend on template slow one');
    await admin.run('destroyVirtualMachine', { id: String(machine['id']), expunge: true });
    expect(await admin.run('deleteTemplate', { id: String(template['id']) })).toEqual({ success: true });
    expect(simulatedFiles(cloud.server).filter((file) => file.includes(String(template['id'])))).toEqual([]);
  });

  it.each([
    ['wrong-sum', /checksum is wrong/],
    ['html', /web page/],
    ['truncated', /ended before/],
    ['backing', /backing file/],
    ['huge', /8589934592\.0 GiB/],
    ['loopback', /not allowed/],
  ])('S04 of a file that is %s keeps the row with the reason and no file', async (word, reason) => {
    const before = storeFiles();
    const { id } = await register(`http://images.test/${word}.qcow2`);
    expect(await settled(id)).toMatchObject({ isready: false, status: expect.stringMatching(reason) as string });
    expect(storeFiles()).toEqual(before);
    await admin.run('deleteTemplate', { id: String(id) });
    expect(await admin.list('listTemplates', { templatefilter: 'self', keyword: 'from the web' })).toEqual([]);
  });

  it.each<[string, Params, RegExp]>([
    ['a raw disk', { format: 'RAW' }, /qemu-img convert -f raw/],
    ['another protocol', { url: 'ftp://images.test/x' }, /ftp is not supported/],
    ['a login in the address', { url: 'http://a:b@images.test/x' }, /user name or password/],
    [
      'an address that is never fetched from',
      { url: 'http://127.0.0.1:8080/x' },
      /127\.0\.0\.1 is a loopback, link-local or special address/,
    ],
    ['half a checksum', { checksum: 'abc' }, /has 3 digits/],
  ])('refuses %s', async (_what, params, reason) => {
    const error = await admin.refused('registerTemplate', {
      name: 'x',
      format: 'QCOW2',
      hypervisor: 'Simulator',
      url: 'http://images.test/x',
      zoneid: cloud.zone.zoneId,
      ...params,
    });
    expect(error.text).toMatch(reason);
  });

  it('registerIso refuses an address that is never fetched from', async () => {
    const params = { name: 'x', url: 'http://169.254.169.254/x.iso', zoneid: cloud.zone.zoneId };
    expect((await admin.refused('registerIso', params)).text).toContain('169.254.169.254 is a loopback, link-local or special address');
  });

  it.each(['127.0.0.0/8', '127.1.0.0/16', '10.0.0.0/8,169.254.1.0/24'])('refuses to allow %s, which cannot be allowed', async (value) => {
    const error = await admin.refused('updateConfiguration', { name: 'secstorage.allowed.internal.sites', value });
    expect(error.text).toMatch(/is a loopback, link-local or special address: nothing is fetched from there, and it cannot be allowed/);
  });

  it('is tried again on request', async () => {
    const { id } = await register('http://images.test/html.qcow2');
    await settled(id);
    const deployment = { templateid: String(id), serviceofferingid: cloud.offeringId, zoneid: cloud.zone.zoneId };
    expect((await admin.refused('deployVirtualMachine', deployment)).text).toMatch(
      /its download failed: .*web page.*retryTemplateDownload/,
    );
    await cloud.server.dataSource.query("UPDATE template SET url = 'http://images.test/good.qcow2' WHERE uuid = ?", [id]);
    expect(await admin.call('retryTemplateDownload', { id: String(id) })).toEqual({ success: 'true' });
    expect(await settled(id)).toMatchObject({ isready: true });
    expect((await admin.refused('retryTemplateDownload', { id: String(id) })).text).toContain('no download');
    await admin.run('deleteTemplate', { id: String(id) });
  });

  it('is cancelled by deleting it', async () => {
    const before = storeFiles();
    const { id } = await register('http://images.test/slow-and-deleted.qcow2');
    await look();
    await look();
    expect(storeFiles().some((file) => file.includes('.incoming'))).toBe(true);
    await admin.run('deleteTemplate', { id: String(id) });
    expect(storeFiles()).toEqual(before);
    await look();
    expect(storeFiles()).toEqual(before);
  });

  it('F33 says why it waits without a secondary storage VM, and goes on where it was with the next one', async () => {
    const { id } = await register('http://images.test/slow-and-orphaned.qcow2');
    await expect
      .poll(async () => {
        await look();
        return (await show(id))['status'];
      })
      .toMatch(/^[2-9]0% Downloaded$/);
    const [vm] = await systemVms(cloud, { systemvmtype: 'secondarystoragevm' });
    const percent = Number.parseInt(String((await show(id))['status']));
    await wantSystemVms(cloud, false);
    await admin.run('destroySystemVm', { id: String(vm!['id']) }).catch(() => undefined);
    await expect
      .poll(
        async () => {
          await look();
          return (await show(id))['status'];
        },
        { timeout: 10_000 },
      )
      .toMatch(/% Downloaded, waiting for/);
    const late = await register('http://images.test/late.qcow2');
    await look();
    expect((await show(late['id']))['status']).toMatch(/^waiting for a secondary storage VM/);
    await wantSystemVms(cloud, true);
    await systemVmsUp(cloud);
    await expect
      .poll(
        async () => {
          await look();
          return (await show(id))['status'];
        },
        { timeout: 10_000 },
      )
      .not.toMatch(/waiting/);
    expect(Number.parseInt(String((await show(id))['status']))).toBeGreaterThanOrEqual(percent);
    expect(await settled(id)).toMatchObject({ isready: true });
    expect(await settled(late['id'])).toMatchObject({ isready: true });
    for (const template of [id, late['id']]) await admin.run('deleteTemplate', { id: String(template) });
  });
});

describe('links', () => {
  it('S03 are made for templates, stay through a replacement, and end with their time or with the template', async () => {
    const { id } = await register('http://images.test/good.qcow2', { isextractable: true });
    await settled(id);
    const link = await admin.run('extractTemplate', { id: String(id), mode: 'HTTP_DOWNLOAD', zoneid: cloud.zone.zoneId });
    expect(link).toMatchObject({ id, extractMode: 'HTTP_DOWNLOAD', state: 'DOWNLOAD_URL_CREATED' });
    expect(link['url']).toMatch(new RegExp(String.raw`^https://10\.0\.200\.\d+/userdata/[\w-]{43}/${String(id)}\.qcow2$`));
    expect((await admin.refused('extractTemplate', { id: String(id), mode: 'FTP_UPLOAD' })).text).toContain('HTTP_DOWNLOAD');
    await cloud.server.dataSource.query('UPDATE store_link SET expires_at = NOW() - INTERVAL 1 SECOND');
    await look();
    expect(await cloud.server.dataSource.query('SELECT * FROM store_link')).toEqual([]);
    await admin.run('extractTemplate', { id: String(id), mode: 'HTTP_DOWNLOAD' });
    await admin.run('deleteTemplate', { id: String(id) });
    expect(await cloud.server.dataSource.query('SELECT * FROM store_link')).toEqual([]);
  });

  it('S06 are for administrators alone unless the file may be downloaded', async () => {
    const { red1 } = tenants;
    const template = await register('http://images.test/good.qcow2', {}, red1.client);
    await settled(template['id']).catch(() => undefined);
    await look();
    await look();
    expect((await red1.client.refused('extractTemplate', { id: String(template['id']), mode: 'HTTP_DOWNLOAD' })).text).toContain(
      'may not be downloaded',
    );
    await admin.call('updateTemplatePermissions', { id: String(template['id']), isextractable: true });
    expect(await red1.client.run('extractTemplate', { id: String(template['id']), mode: 'HTTP_DOWNLOAD' })).toMatchObject({
      id: template['id'],
    });
    expect((await tenants.blue1.client.refused('extractTemplate', { id: String(template['id']), mode: 'HTTP_DOWNLOAD' })).text).toContain(
      'entity does not exist',
    );
    await red1.client.run('deleteTemplate', { id: String(template['id']) });
  });
});

describe('uploads', () => {
  const request = { format: 'QCOW2', hypervisor: 'Simulator', name: 'sent' };

  it('get signed parameters, and are abandoned when nothing comes', async () => {
    const { getuploadparams } = (await admin.call('getUploadParamsForTemplate', { ...request, zoneid: cloud.zone.zoneId })) as {
      getuploadparams: Body;
    };
    expect(getuploadparams).toMatchObject({
      postURL: expect.stringMatching(/^https:\/\/10\.0\.200\.\d+\/upload\/[0-9a-f-]{36}$/) as string,
      signature: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
    expect(new Date(String(getuploadparams['expires'])).getTime()).toBeGreaterThan(Date.now());
    expect(await show(getuploadparams['id'])).toMatchObject({ isready: false, status: 'Processing' });
    await cloud.server.dataSource.query('UPDATE store_transfer SET expires_at = NOW() - INTERVAL 1 SECOND');
    expect(await settled(getuploadparams['id'])).toMatchObject({
      status: expect.stringContaining('nothing was uploaded within 10 minutes') as string,
    });
    await admin.run('deleteTemplate', { id: String(getuploadparams['id']) });
  });

  it('of volumes are listed and deleted', async () => {
    const { getuploadparams } = (await admin.call('getUploadParamsForVolume', {
      name: 'sent',
      format: 'QCOW2',
      zoneid: cloud.zone.zoneId,
    })) as { getuploadparams: Body };
    const id = String(getuploadparams['id']);
    expect(await admin.list('listVolumes', { id })).toMatchObject([
      { state: 'NotUploaded', type: 'DATADISK', status: 'Waiting for the upload' },
    ]);
    await cloud.server.dataSource.query('UPDATE store_transfer SET expires_at = NOW() - INTERVAL 1 SECOND');
    await look();
    expect(await admin.list('listVolumes', { id })).toMatchObject([{ state: 'UploadAbandoned' }]);
    await admin.call('deleteVolume', { id });
    expect(await admin.call('listVolumes', { id: String(getuploadparams['id']) }).catch(() => 'gone')).toBe('gone');
  });

  it('of volumes by address arrive in secondary storage, are handed out, and leave nothing', async () => {
    const before = storeFiles();
    const { id } = await admin.run('uploadVolume', {
      name: 'data',
      format: 'QCOW2',
      zoneid: cloud.zone.zoneId,
      url: 'http://images.test/data.qcow2',
    });
    await expect
      .poll(async () => {
        await look();
        return (await admin.list('listVolumes', { id: String(id) }))[0]!['state'];
      })
      .toBe('Uploaded');
    expect(await admin.list('listVolumes', { id: String(id) })).toMatchObject([{ size: 64 * 2 ** 20, status: 'Uploaded' }]);
    expect(await admin.run('extractVolume', { id: String(id), zoneid: cloud.zone.zoneId, mode: 'HTTP_DOWNLOAD' })).toMatchObject({
      id,
      url: expect.stringContaining(`${String(id)}.qcow2`) as string,
    });
    await admin.call('deleteVolume', { id: String(id) });
    expect(storeFiles()).toEqual(before);
    const broken = await admin.run('uploadVolume', {
      name: 'bad',
      format: 'QCOW2',
      zoneid: cloud.zone.zoneId,
      url: 'http://images.test/html',
    });
    await expect
      .poll(async () => {
        await look();
        return (await admin.list('listVolumes', { id: String(broken['id']) }))[0]!['state'];
      })
      .toBe('UploadError');
    await admin.call('deleteVolume', { id: String(broken['id']) });
  });
});

describe('ISOs', () => {
  let iso: Body;
  const isoShown = async (client = admin) => (await client.list('listIsos', { isofilter: 'executable', id: String(iso['id']) }))[0];

  it('CS-12 are registered and listed apart from templates', async () => {
    const reply = await admin.call('registerIso', {
      name: 'rescue',
      url: 'http://images.test/rescue.iso',
      zoneid: cloud.zone.zoneId,
      ispublic: true,
    });
    iso = (reply['iso'] as Body[])[0]!;
    expect(iso).toMatchObject({ isready: false, format: 'ISO', hypervisor: 'None', bootable: true });
    await expect
      .poll(async () => {
        await look();
        return (await isoShown())?.['isready'];
      })
      .toBe(true);
    expect(await admin.list('listTemplates', { templatefilter: 'all', id: String(iso['id']) })).toEqual([]);
    expect((await admin.refused('deleteTemplate', { id: String(iso['id']) })).text).toContain('use deleteIso');
    expect((await admin.refused('updateIso', { id: cloud.templateId, name: 'x' })).text).toContain('use updateTemplate');
  });

  it('S06 are shared as permissions say, at once', async () => {
    const id = String(iso['id']);
    const { red1, blue1 } = tenants;
    expect(await isoShown(blue1.client)).toMatchObject({ id });
    await admin.call('updateIsoPermissions', { id, ispublic: false });
    expect(await blue1.client.list('listIsos', { isofilter: 'executable' })).toEqual([]);
    const owned = await red1.client.call('registerIso', { name: 'mine', url: 'http://images.test/mine.iso', zoneid: cloud.zone.zoneId });
    const mine = String((owned['iso'] as Body[])[0]!['id']);
    expect(await red1.client.call('listIsoPermissions', { id: mine })).toMatchObject({
      templatepermission: { id: mine, ispublic: false, account: [] },
    });
    await red1.client.call('updateIsoPermissions', { id: mine, op: 'add', accounts: tenants.red2.name });
    expect(await tenants.red2.client.list('listIsos', { isofilter: 'shared' })).toMatchObject([{ id: mine }]);
    expect((await tenants.red2.client.refused('deleteIso', { id: mine })).code).not.toBe(200);
    await red1.client.run('deleteIso', { id: mine });
    await admin.call('updateIsoPermissions', { id, ispublic: true });
  });

  it('go into the drive of a machine while it runs, and keep from being deleted', async () => {
    const id = String(iso['id']);
    const machine = await cloud.deploy();
    const virtualmachineid = String(machine['id']);
    expect(await admin.run('attachIso', { id, virtualmachineid })).toMatchObject({ isoid: id, isoname: 'rescue' });
    expect(simulatedFiles(cloud.server)).toContain(`sim-nfs:/primary-one/template/${id}.iso`);
    expect((await admin.refused('deleteIso', { id })).text).toContain('virtual machines use ISO rescue');
    await admin.run('stopVirtualMachine', { id: virtualmachineid, forced: true });
    expect(await admin.run('startVirtualMachine', { id: virtualmachineid })).toMatchObject({ isoid: id, state: 'Running' });
    const detached = await admin.run('detachIso', { virtualmachineid });
    expect(detached).not.toHaveProperty('isoid');
    expect((await admin.refused('detachIso', { virtualmachineid })).text).toContain('no ISO in its drive');
    await admin.run('destroyVirtualMachine', { id: virtualmachineid, expunge: true });
  });

  it('boot machines that have an empty disk', async () => {
    const id = String(iso['id']);
    const request = { zoneid: cloud.zone.zoneId, templateid: id, serviceofferingid: cloud.offeringId };
    expect((await admin.refused('deployVirtualMachine', request)).text).toContain('diskofferingid is missing');
    const machine = await admin.run('deployVirtualMachine', { ...request, rootdisksize: 2 });
    expect(machine).toMatchObject({ state: 'Running', isoid: id, templateid: id, hypervisor: 'Simulator' });
    const [root] = await admin.list('listVolumes', { virtualmachineid: String(machine['id']) });
    expect(root).toMatchObject({ type: 'ROOT', size: 2 * 2 ** 30 });
    await admin.run('destroyVirtualMachine', { id: String(machine['id']), expunge: true });
    expect(await admin.run('deleteIso', { id })).toEqual({ success: true });
    expect(simulatedFiles(cloud.server).filter((file) => file.includes(id))).toEqual([]);
  });
});

describe('copyTemplate', () => {
  it('S05 brings a template to another zone, and deleting it clears both', async () => {
    const other = await createBasicZone(admin, { label: 'two', hosts: 1 });
    const { id } = await register('http://images.test/good.qcow2', { name: 'wanderer' });
    await settled(id);
    await admin.run('copyTemplate', { id: String(id), sourcezoneid: cloud.zone.zoneId, destzoneid: other.zoneId });
    const zones = (await admin.list('listTemplates', { templatefilter: 'self', id: String(id) })).map(({ zoneid, isready }) => [
      zoneid,
      isready,
    ]);
    expect(zones.sort()).toEqual(
      [
        [cloud.zone.zoneId, true],
        [other.zoneId, true],
      ].sort(),
    );
    await expect(admin.run('copyTemplate', { id: String(id), destzoneid: other.zoneId })).rejects.toThrow(/already/);
    await admin.run('deleteTemplate', { id: String(id) });
    expect(simulatedFiles(cloud.server).filter((file) => file.includes(String(id)))).toEqual([]);
  });
});

it('I4 I10 leaves rows and files of stores and templates that agree', async () => {
  const differences = await admin.list('verifyInventory');
  const ours = differences.filter(({ check, subject }) => /^I(2|10)\./.test(String(check)) || String(subject).includes('template/'));
  expect(ours).toEqual([]);
});
