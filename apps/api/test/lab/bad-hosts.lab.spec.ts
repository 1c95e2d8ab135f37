// What goes wrong when hosts, storage and templates are added: each named with cause and remedy, and nothing of it stays anywhere.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ApiError, type Params } from '../harness/api-client.ts';
import { hostNames, LabCloud, type LabPlace } from '../harness/lab-cloud.ts';

let cloud: LabCloud;
let place: LabPlace;

beforeAll(async () => {
  // As installed: emulation is not allowed.
  cloud = await LabCloud.start('bad-hosts', {});
  place = await cloud.createPlace();
});
afterAll(async () => cloud?.stop());

/** The error's text, whether the request or its job failed. */
async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof ApiError) return error.text;
    throw error;
  }
  throw new Error('it was not refused');
}

describe('addHost', () => {
  const add = (changes: Params = {}): Promise<string> =>
    refusal(cloud.admin.call('addHost', { ...cloud.hostParams('kvm1', place), ...changes }));

  afterEach(async () => {
    expect(await cloud.admin.list('listHosts', { type: 'Routing' })).toEqual([]);
    for (const host of hostNames) {
      expect(cloud.authorizedKeysOn(host)).toBe(cloud.keysAtFirst.get(host));
      expect(cloud.mountsOn(host)).toEqual([]);
    }
  });

  it('CS-16: no hardware virtualisation, and emulation is not allowed', async () => {
    if (cloud.value('LAB_HARDWARE_VIRTUALISATION') === 'yes') cloud.at('kvm1', 'mv /dev/kvm /dev/kvm.away');
    try {
      expect(await add()).toMatch(/VT\/SVM is disabled or missing.*firmware/s);
    } finally {
      if (cloud.value('LAB_HARDWARE_VIRTUALISATION') === 'yes') cloud.at('kvm1', 'mv /dev/kvm.away /dev/kvm');
    }
    await cloud.admin.call('updateConfiguration', { name: 'hypervisor.emulation.allowed', value: true });
  });

  it('a wrong password', async () => {
    expect(await add({ password: 'wrong' })).toMatch(/does not accept this user name and password \(user root\).*PermitRootLogin/s);
  });

  it('a closed port', async () => {
    const { url } = cloud.hostParams('kvm1', place, 2222);
    expect(await add({ url })).toMatch(/refuses connections to port 2222.*systemctl enable --now ssh/s);
  });

  it('a name that nobody knows', async () => {
    expect(await add({ url: 'http://kvm1.nowhere.invalid' })).toMatch(/kvm1\.nowhere\.invalid does not resolve.*\/etc\/hosts/s);
  });

  it('no guest bridge', async () => {
    const bridge = cloud.value('LAB_GUEST_BRIDGE');
    cloud.at('kvm1', `ip link set ${bridge} name away0`);
    try {
      expect(await add()).toMatch(new RegExp(`bridge.*${bridge}`, 's'));
    } finally {
      cloud.at('kvm1', `ip link set away0 name ${bridge}`);
    }
  });
});

describe('a host that is there', () => {
  beforeAll(async () => {
    for (const host of hostNames) await cloud.addHost(host, place);
  });

  it('is refused a second time, also under another address', async () => {
    const again = cloud.hostParams('kvm1', place);
    expect(await refusal(cloud.admin.call('addHost', again))).toContain(`host ${cloud.addressOf('kvm1')} (SSH port 22) was already added`);
    const other = cloud.addressOf('kvm1').replace(/\d+$/, '13');
    const device = cloud.at('kvm1', `ip -o -4 address show to ${cloud.addressOf('kvm1')} | awk '{ print $2 }'`);
    cloud.at('kvm1', `ip address add ${other}/24 dev ${device}`);
    const keys = cloud.authorizedKeysOn('kvm1');
    try {
      expect(await refusal(cloud.admin.call('addHost', { ...again, url: `http://${other}` }))).toMatch(/same SSH host key|already/);
    } finally {
      cloud.at('kvm1', `ip address del ${other}/24 dev ${device}`);
    }
    expect(await cloud.admin.list('listHosts', { type: 'Routing' })).toHaveLength(2);
    expect(cloud.authorizedKeysOn('kvm1')).toBe(keys);
  });
});

describe('CS-37: storage', () => {
  const allMounts = (): string[] => hostNames.map((host) => cloud.at(host, "awk '$3 ~ /nfs/ { print $1, $2 }' /proc/mounts"));

  it.each([
    ['a path that does not exist', '/export/nowhere', /is not among the exported folders.*mkdir -p/s],
    ['read-only', 'LAB_NFS_READONLY', /read-only/i],
    ['CS-34 root is squashed', 'LAB_NFS_SQUASHED', /no_root_squash/],
    ['CS-40 denied by the export list', 'LAB_NFS_DENIED', /den(y|ied).*\/etc\/exports/is],
  ])('%s', async (_name, path, said) => {
    const exported = path.startsWith('LAB_') ? cloud.value(path) : path;
    const url = `nfs://${cloud.value('LAB_NFS_SERVER')}${exported}`;
    const before = allMounts();
    for (const [command, params] of [
      ['createStoragePool', { ...place, name: 'bad', url }],
      ['addImageStore', { provider: 'NFS', zoneid: place.zoneid, url }],
    ] as const) {
      const text = await refusal(cloud.admin.call(command, params));
      expect(text).toMatch(said);
      expect(text).toContain('to mend it');
      for (const host of hostNames.slice(0, command === 'addImageStore' ? 1 : 2))
        expect(text).toContain(cloud.value(`LAB_${host.toUpperCase()}_NAME`));
    }
    expect(await cloud.admin.list('listStoragePools')).toEqual([]);
    expect(await cloud.admin.list('listImageStores')).toEqual([]);
    expect(allMounts()).toEqual(before);
  });
});

describe('a template', () => {
  const install = (path: string, changes: Params = {}): Promise<unknown> =>
    cloud.server.local.run('installTemplate', {
      path,
      name: 'bad',
      ostype: 'Other Linux (64-bit)',
      secondary: cloud.exportUrl('secondary'),
      ...changes,
    });
  const image = (name: string, ...options: string[]): string => {
    const path = join(cloud.dataFolder, name);
    execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', ...options, path, '64M']);
    return path;
  };

  beforeAll(async () => {
    await cloud.addSecondary(place);
  });
  afterEach(async () => {
    expect(await cloud.admin.list('listTemplates', { templatefilter: 'all' })).toEqual([]);
    expect(cloud.files('secondary')).toEqual([]);
  });

  it('with a wrong checksum', async () => {
    const text = await refusal(install(image('good.qcow2'), { checksum: 'a'.repeat(64) }));
    expect(text).toContain('checksum');
    expect(text).toContain('a'.repeat(64));
  });

  it('with a backing file', async () => {
    const base = image('base.qcow2');
    expect(await refusal(install(image('layer.qcow2', '-b', base, '-F', 'qcow2')))).toMatch(/backing file.*qemu-img convert/s);
  });

  it('with an external data file', async () => {
    expect(await refusal(install(image('split.qcow2', '-o', `data_file=${join(cloud.dataFolder, 'split.raw')}`)))).toMatch(
      /data lie in another file.*qemu-img convert/s,
    );
  });

  it('that is no disk image', async () => {
    const path = join(cloud.dataFolder, 'text.qcow2');
    writeFileSync(path, 'not a disk');
    expect(await refusal(install(path))).toContain('the file is a text, not an image');
  });

  it('leaves rows, hosts and storage in agreement', async () => {
    expect(await cloud.differences()).toEqual([]);
  });
});
