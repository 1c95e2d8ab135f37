// Templates on the simulator: installed with every check, seen by those who may, removed with all their files.
import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeTestImage } from '../../../../../libs/hypervisor/src/conformance/test-images.ts';
import { type ApiClient, ApiError, type Body } from '../../../test/harness/api-client.ts';
import { createPlace, type Place } from '../../../test/harness/place.ts';
import { simulatedFiles } from '../../../test/harness/simulated-files.ts';
import { startTestServer, type TestServer } from '../../../test/harness/test-server.ts';

const secondary = 'nfs://sim-nfs/secondary';
const diskBytes = 64 * 2 ** 20;

let server: TestServer;
let place: Place;
let jane: ApiClient;
let folder: string;

beforeAll(async () => {
  server = await startTestServer();
  folder = join(server.config.dataFolder, 'images');
  mkdirSync(folder);
  place = await createPlace(server.admin);
  await server.admin.call('updateConfiguration', { name: 'system.vms', value: 'false', zoneid: place.zoneid });
  jane = await userOf('jane');
});
afterAll(() => server.stop());

async function userOf(name: string): Promise<ApiClient> {
  const { account } = (await server.admin.call('createAccount', {
    accounttype: 0,
    username: name,
    firstname: name,
    lastname: name,
    email: `${name}@example.test`,
    password: 'a long password',
  })) as {
    account: { user: Body[] };
  };
  const { userkeys } = (await server.admin.call('registerUserKeys', { id: String(account.user[0]!['id']) })) as {
    userkeys: { apikey: string; secretkey: string };
  };
  return server.as({ apiKey: userkeys.apikey, secretKey: userkeys.secretkey });
}

type Image = Parameters<typeof writeTestImage>[1];

async function image(name: string, more: Partial<Image> = {}): Promise<{ path: string; sum: (algorithm: string) => string }> {
  const path = join(folder, name);
  await writeTestImage(path, { virtualSizeBytes: diskBytes, ...more });
  return { path, sum: (algorithm) => createHash(algorithm).update(readFileSync(path)).digest('hex') };
}

const request = (path: string, more: Record<string, string | boolean> = {}) => ({
  path,
  name: 'guest',
  ostype: 'Other Linux (64-bit)',
  secondary,
  hypervisor: 'Simulator',
  ...more,
});

/** The error of the request or of its job. */
async function failure(params: Record<string, string | boolean>): Promise<ApiError> {
  try {
    await server.local.run('installTemplate', params);
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new Error('the template was installed');
}

const rows = async (table: string) => Number((await server.dataSource.query<{ n: number }[]>(`SELECT COUNT(*) AS n FROM ${table}`))[0]!.n);

async function expectNothing(): Promise<void> {
  expect(simulatedFiles(server)).toEqual([]);
  expect([await rows('template'), await rows('template_copy')]).toEqual([0, 0]);
}

describe('installTemplate', () => {
  it('needs secondary storage and a host that carries the file', async () => {
    const { path } = await image('early.qcow2');
    expect((await failure(request(path))).text).toContain('there is none yet, add it with addImageStore');
    await server.admin.call('addHost', {
      ...place,
      hypervisor: 'Simulator',
      url: 'http://sim-1.rack.test',
      username: 'root',
      password: 'password',
    });
    await server.admin.call('addImageStore', { provider: 'NFS', zoneid: place.zoneid, url: secondary });
    expect((await failure(request(path, { hypervisor: 'KVM' }))).text).toContain('--hypervisor Simulator');
    await expectNothing();
  });

  const digits = (length: number) => '0'.repeat(length);
  it.each<[string, Partial<Image>, Record<string, string | boolean>, RegExp]>([
    ['a wrong checksum', {}, { checksum: digits(64) }, /checksum is wrong: SHA-256 0{64} was expected, the file has [0-9a-f]{64}/],
    ['a wrong MD5 sum', {}, { checksum: `{MD5}${digits(32)}` }, /checksum is wrong: MD5 0{32} was expected, the file has [0-9a-f]{32}:/],
    ['no checksum at all', {}, { checksum: 'abc' }, /has 3 digits/],
    ['T09 a backing file', { backingName: '/etc/passwd' }, {}, /backing file "\/etc\/passwd".*qemu-img convert/],
    ['T09 a data file', { dataFileName: '/etc/shadow' }, {}, /data lie in another file/],
    ['T09 encryption', { cryptMethod: 2 }, {}, /encrypted/],
    [
      'an unknown store',
      {},
      { secondary: 'nfs://sim-nfs/other' },
      /nfs:\/\/sim-nfs\/other is no secondary storage: there is nfs:\/\/sim-nfs\/secondary/,
    ],
    ['an unknown OS type', {}, { ostype: 'Debian Potato' }, /no OS type "Debian Potato": there are "Debian/],
    ['a raw disk', {}, { format: 'RAW' }, /qemu-img convert -f raw -O qcow2/],
    ['an ISO', {}, { format: 'ISO' }, /no template/],
    ['an empty name', {}, { name: ' ' }, /name is empty/],
  ])('refuses %s and leaves nothing', async (_what, contents, params, reason) => {
    const { path } = await image('bad.qcow2', contents);
    const error = await failure(request(path, params));
    expect(error.code).toBe(431);
    expect(error.text).toMatch(reason);
    await expectNothing();
  });

  it('T10 refuses a disk larger than allowed', async () => {
    const { path } = await image('bomb.qcow2');
    const bytes = readFileSync(path);
    bytes.writeBigUInt64BE(2n ** 50n, 24);
    writeFileSync(path, bytes);
    expect((await failure(request(path))).text).toContain('at most 2048.0 GiB are allowed');
    await expectNothing();
  });

  it('refuses what is no image: a web page, a text, nothing, a folder, a link, a device, a relative path', async () => {
    const file = (name: string, text: string) => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    symlinkSync(file('target', 'x'), join(folder, 'link'));
    for (const [path, reason] of [
      [file('page', '<!DOCTYPE html><html>not found</html>'), /a web page, not an image/],
      [file('text', 'hello'), /a text, not an image/],
      [file('empty', ''), /the file is empty/],
      [folder, /is no plain file/],
      [join(folder, 'link'), /is a symbolic link/],
      [join(folder, 'absent'), /does not exist on the management server/],
      ['/dev/zero', /is no plain file/],
      ['image.qcow2', /the whole path/],
      [`${folder}/../images/text`, /the whole path/],
    ] as const) {
      const error = await failure(request(path));
      expect([error.code, error.text]).toEqual([431, expect.stringMatching(reason)]);
    }
    await expectNothing();
  });

  it('T12 notices a file that is swapped after it was judged, and leaves nothing', async () => {
    const { path, sum } = await image('swapped.qcow2');
    const uploadTakes = (ms: number) =>
      appendFileSync(join(server.config.dataFolder, 'simulator.journal'), `{"do":"latency","method":"disks.upload","ms":${ms}}\n`);
    uploadTakes(5_000);
    const { jobid } = await server.local.call('installTemplate', request(path, { checksum: sum('sha256') }));
    await sleep(700);
    await image('swapped.qcow2', { backingName: '/etc/passwd' });
    uploadTakes(0);
    await expect(server.admin.result(String(jobid))).rejects.toThrow(/has the SHA-256 [0-9a-f]{64}, not /);
    await expectNothing();
  });

  it('leaves nothing when it fails after the file has arrived', async () => {
    const { path } = await image('late.qcow2');
    server.failpoints.set('installTemplate:file:error');
    await failure(request(path));
    server.failpoints.set('');
    await expectNothing();
  });

  it('is for administrators', async () => {
    const { path } = await image('janes.qcow2');
    expect((await jane.refused('installTemplate', request(path))).code).toBe(432);
    expect((await server.admin.refused('installTemplate', request(path))).text).toMatch(/with .\/strata template install/);
  });

  it.each(['sha256', 'md5', 'sha1', 'sha512'])('CS-11 installs a template whose %s sum is right, and removes it', async (algorithm) => {
    const { path, sum } = await image('good.qcow2');
    const started = await server.local.call('installTemplate', request(path, { checksum: sum(algorithm), displaytext: 'A small guest' }));
    const template = await server.admin.result(String(started['jobid']));
    expect(template).toMatchObject({
      id: started['id'],
      name: 'guest',
      displaytext: 'A small guest',
      isready: true,
      status: 'Download Complete',
      size: diskBytes,
      physicalsize: readFileSync(path).length,
      checksum: `{SHA-256}${sum('sha256')}`,
      format: 'QCOW2',
      hypervisor: 'Simulator',
      templatetype: 'BUILTIN',
      ostypename: 'Other Linux (64-bit)',
      zoneid: place.zoneid,
      zonename: 'zone-one',
      ispublic: true,
      isfeatured: true,
      bootable: true,
      crossZones: false,
      account: 'admin',
      domain: 'ROOT',
      tags: [],
    });
    expect(template).not.toHaveProperty('jobid');
    expect(simulatedFiles(server)).toEqual([`sim-nfs:/secondary/template/${String(started['id'])}.qcow2`]);
    expect(await server.admin.list('listTemplates', { templatefilter: 'all', id: String(started['id']) })).toEqual([template]);
    await server.admin.run('deleteTemplate', { id: String(started['id']) });
    await expectNothing();
  });
});

describe('templates', () => {
  let open: string;
  let hidden: string;
  let bob: ApiClient;

  beforeAll(async () => {
    bob = await userOf('bob');
    open = String((await server.local.run('installTemplate', request((await image('open.qcow2')).path, { name: 'open' })))['id']);
    hidden = String(
      (
        await server.local.run(
          'installTemplate',
          request((await image('hidden.qcow2')).path, { name: 'hidden', ispublic: false, isfeatured: false }),
        )
      )['id'],
    );
  });

  const names = async (client: ApiClient, templatefilter: string, more: Record<string, string | boolean> = {}) =>
    (await client.list('listTemplates', { templatefilter, ...more })).map((template) => template['name']);

  it('are listed by filter', async () => {
    expect(await names(server.admin, 'all')).toEqual(['open', 'hidden']);
    expect(await names(server.admin, 'self')).toEqual(['open', 'hidden']);
    expect(await names(server.admin, 'community')).toEqual([]);
    expect(await names(jane, 'featured')).toEqual(['open']);
    expect(await names(jane, 'executable')).toEqual(['open']);
    for (const filter of ['self', 'selfexecutable', 'shared', 'sharedexecutable', 'community'])
      expect(await names(jane, filter)).toEqual([]);
    expect((await jane.refused('listTemplates', { templatefilter: 'all' })).code).toBe(531);
    expect((await jane.refused('listTemplates')).text).toContain('missing parameter templatefilter');
    expect((await jane.refused('listTemplates', { templatefilter: 'mine' })).code).toBe(431);
  });

  it('are listed by their properties', async () => {
    const found = (more: Record<string, string | boolean>) => names(server.admin, 'all', more);
    expect(await found({ name: 'open' })).toEqual(['open']);
    expect(await found({ keyword: 'hid' })).toEqual(['hidden']);
    expect(await found({ ids: `${open},${hidden}` })).toEqual(['open', 'hidden']);
    expect(await found({ zoneid: place.zoneid, hypervisor: 'Simulator', isready: true, templatetype: 'BUILTIN' })).toEqual([
      'open',
      'hidden',
    ]);
    expect(await found({ hypervisor: 'KVM' })).toEqual([]);
    expect(await found({ isready: false })).toEqual([]);
    expect(await server.admin.call('listTemplates', { templatefilter: 'all', page: 2, pagesize: 1 })).toMatchObject({
      count: 2,
      template: [{ name: 'hidden' }],
    });
  });

  it('that the caller may not see do not exist for it', async () => {
    for (const command of ['updateTemplate', 'deleteTemplate', 'updateTemplatePermissions', 'listTemplatePermissions']) {
      const error = await jane.refused(command, { id: hidden });
      expect([error.code, error.text]).toEqual([
        431,
        `Invalid parameter id value=${hidden} due to incorrect long value format, or entity does not exist`,
      ]);
      expect((await jane.refused(command, { id: open })).code).toBe(531);
    }
    expect((await jane.refused('listTemplates', { templatefilter: 'executable', id: hidden })).code).toBe(431);
  });

  it('are granted to accounts and taken back', async () => {
    await server.admin.call('updateTemplatePermissions', { id: hidden, op: 'add', accounts: 'jane, bob' });
    expect(await server.admin.call('listTemplatePermissions', { id: hidden })).toMatchObject({
      templatepermission: { id: hidden, ispublic: false, account: ['bob', 'jane'] },
    });
    expect(await names(jane, 'shared')).toEqual(['hidden']);
    expect(await names(jane, 'executable')).toEqual(['open', 'hidden']);
    await server.admin.call('updateTemplatePermissions', { id: hidden, op: 'remove', accounts: 'jane' });
    expect(await names(jane, 'shared')).toEqual([]);
    await server.admin.call('updateTemplatePermissions', { id: hidden, op: 'reset' });
    expect(await names(bob, 'sharedexecutable')).toEqual([]);
    expect((await server.admin.refused('updateTemplatePermissions', { id: hidden, op: 'add', accounts: 'nobody' })).text).toContain(
      'no account nobody',
    );
    expect((await server.admin.refused('updateTemplatePermissions', { id: hidden, accounts: 'jane' })).text).toContain(
      'parameter op is missing',
    );
    await server.admin.call('updateTemplatePermissions', { id: hidden, ispublic: true });
    expect(await names(jane, 'community')).toEqual(['hidden']);
  });

  it('are renamed', async () => {
    const { template } = (await server.admin.call('updateTemplate', { id: hidden, name: 'other', displaytext: 'Another one' })) as {
      template: Body;
    };
    expect(template).toMatchObject({ id: hidden, name: 'other', displaytext: 'Another one', isready: true });
  });

  it('keep their secondary storage from being removed, and are named', async () => {
    const [store] = await server.admin.list('listImageStores');
    const error = await server.admin.refused('deleteImageStore', { id: String(store!['id']) });
    expect([error.code, error.text]).toEqual([536, 'nfs://sim-nfs/secondary alone holds 2 templates open, other: delete them first']);
  });

  it('do not go to storage that takes no new files', async () => {
    const [store] = await server.admin.list('listImageStores');
    await server.admin.call('updateImageStore', { id: String(store!['id']), readonly: true });
    const { path } = await image('late.qcow2');
    expect((await failure(request(path))).text).toContain('takes no new files');
    await server.admin.call('updateImageStore', { id: String(store!['id']), readonly: false });
  });
});
