// System VM templates on the simulator: they come to secondary storage when it is added, or it is refused; newer ones take over.
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SimulatedFleet } from '@strata/hypervisor';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeTestImage } from '../../../../../libs/hypervisor/src/conformance/test-images.ts';
import type { Body } from '../../../test/harness/api-client.ts';
import { createPlace, type Place } from '../../../test/harness/place.ts';
import { simulatedFiles, simulatedMounts } from '../../../test/harness/simulated-files.ts';
import { startTestServer, type TestServer } from '../../../test/harness/test-server.ts';
import { systemTemplateOf } from '../system-vm/system-template.ts';
import { Zone } from '../zone/zone.entity.ts';

let server: TestServer;
let place: Place;

beforeAll(async () => {
  server = await startTestServer();
  place = await createPlace(server.admin);
  await server.admin.call('addHost', {
    ...place,
    hypervisor: 'Simulator',
    url: 'http://sim-1.rack.test',
    username: 'root',
    password: 'password',
  });
});
afterAll(() => server.stop());

const add = async (path: string): Promise<string> => {
  const answer = await server.admin.call('addImageStore', { provider: 'NFS', zoneid: place.zoneid, url: `nfs://sim-nfs/${path}` });
  return String((answer['imagestore'] as Body)['id']);
};
const remove = (id: string) => server.admin.call('deleteImageStore', { id });
const templates = () => server.admin.list('listTemplates', { templatefilter: 'all', templatetype: 'SYSTEM', zoneid: place.zoneid });

async function build(version: string, virtualSizeBytes: number): Promise<{ path: string; version: string; checksum: string }> {
  const folder = server.config.systemVmImageFolder;
  await mkdir(folder, { recursive: true });
  const file = `strata-systemvm-${version}.qcow2`;
  const { localPath: path, sha256 } = await writeTestImage(join(folder, file), { virtualSizeBytes });
  await writeFile(join(folder, 'systemvm.json'), JSON.stringify({ version, file, sha256, sizeBytes: (await stat(path)).size }));
  return { path, version, checksum: sha256 };
}

async function currentVersion(): Promise<string> {
  const zone = await server.dataSource.manager.findOneByOrFail(Zone, { uuid: place.zoneid });
  return (await systemTemplateOf(server.dataSource.manager, zone)).displayText;
}

describe('system VM templates', () => {
  it('CS-43 keep storage out that has none, while the server has none either', async () => {
    const error = await server.admin.refused('addImageStore', {
      provider: 'NFS',
      zoneid: place.zoneid,
      url: 'nfs://sim-nfs/bare/secondary',
    });
    expect(error.text).toMatch(/^system VM template missing on nfs:\/\/sim-nfs\/bare\/secondary, .* run \.\/strata systemvm build/);
    expect(await server.admin.list('listImageStores')).toEqual([]);
    expect(await templates()).toEqual([]);
    expect(simulatedMounts(server)).toEqual([]);
    await expect(currentVersion()).rejects.toThrow(/holds a system VM template/);
  });

  it('are not needed where the zone has no system VMs', async () => {
    const wanted = (value: string) => server.admin.call('updateConfiguration', { name: 'system.vms', value, zoneid: place.zoneid });
    await wanted('false');
    const id = await add('bare/secondary');
    expect(await templates()).toEqual([]);
    await remove(id);
    await wanted('true');
  });

  it('are found on storage that holds one, and go with its last copy', async () => {
    const id = await add('furnished');
    expect(await templates()).toMatchObject([
      { name: 'SystemVM Template (Simulator)', templatetype: 'SYSTEM', isready: true, ispublic: false, hypervisor: 'Simulator' },
    ]);
    expect(await server.admin.list('listTemplates', { templatefilter: 'executable' })).toEqual([]);
    expect(await currentVersion()).toBe('System VM template simulated');
    await remove(id);
    expect(await templates()).toEqual([]);
  });

  it('are brought to storage that holds none, by a host', async () => {
    const { checksum } = await build('1.0', 2 ** 20);
    const [first, second] = [await add('bare/one'), await add('bare/two')];
    expect(simulatedFiles(server)).toEqual([
      `sim-nfs:/bare/one/template/system/1.0_${checksum}.qcow2`,
      `sim-nfs:/bare/two/template/system/1.0_${checksum}.qcow2`,
    ]);
    expect(await templates()).toMatchObject([
      { displaytext: 'System VM template 1.0', isready: true, size: 2 ** 20, status: 'Download Complete' },
    ]);
    await remove(first);
    expect(await templates()).toHaveLength(1);
    await remove(second);
    expect(simulatedFiles(server)).toEqual([]);
  });

  it('give way to newer ones, and come back when they are installed again', async () => {
    const id = await add('bare/one');
    const older = await build('1.0', 2 ** 20);
    const newer = await build('1.1', 2 ** 21);
    expect(await currentVersion()).toBe('System VM template 1.0');
    const install = (image: typeof newer) => server.local.run('installSystemTemplate', { ...image, secondary: 'nfs://sim-nfs/bare/one' });
    await install(newer);
    expect(await currentVersion()).toBe('System VM template 1.1');
    expect(await templates()).toHaveLength(2);
    await install(older);
    expect(await currentVersion()).toBe('System VM template 1.0');
    expect(await templates()).toHaveLength(2);
    await remove(id);
  });

  it('share the file of a version between hypervisors, one at a time: whoever fails leaves the others theirs', async () => {
    const id = await add('bare/one');
    const image = { ...(await build('3.0', 2 ** 20)), secondary: 'nfs://sim-nfs/bare/one' };
    await server.local.run('installSystemTemplate', image);
    const file = `sim-nfs:/bare/one/template/system/3.0_${image.checksum}.qcow2`;
    const query = (sql: string) => server.dataSource.query(sql, [image.checksum]);
    await query("UPDATE template SET hypervisor = 'KVM' WHERE sha256 = ?");
    const ofTheOther = 'template_id = (SELECT id FROM template WHERE sha256 = ?)';
    await query(`UPDATE template_copy SET state = 'Creating' WHERE ${ofTheOther}`);
    const refused = await server.local.refused('installSystemTemplate', image);
    expect(refused.text).toContain('for another hypervisor: try again');
    await query(`UPDATE template_copy SET state = 'Ready' WHERE ${ofTheOther}`);
    const fleet = new SimulatedFleet({ journalPath: join(server.config.dataFolder, 'simulator.journal') });
    fleet.fail('*', 'disks.inspect', { kind: 'refused' }, 100);
    await expect(server.local.run('installSystemTemplate', image)).rejects.toThrow();
    fleet.clearFaults();
    fleet.close();
    expect(simulatedFiles(server)).toContain(file);
    expect((await templates()).filter(({ displaytext }) => displaytext === 'System VM template 3.0')).toMatchObject([
      { hypervisor: 'KVM', isready: true },
    ]);
    await remove(id);
  });

  it('are refused when the file is another one, damaged or sent from elsewhere', async () => {
    const id = await add('bare/one');
    const image = await build('2.0', 2 ** 20);
    const secondary = 'nfs://sim-nfs/bare/one';
    const before = [await templates(), simulatedFiles(server)];
    const wrong = { ...image, checksum: 'a1'.repeat(32), secondary };
    await expect(server.local.run('installSystemTemplate', wrong)).rejects.toThrow(/checksum is wrong/);
    expect((await server.local.refused('installSystemTemplate', { ...image, version: '../x', secondary })).text).toContain('version');
    expect((await server.admin.refused('installSystemTemplate', { ...image, secondary })).text).toContain('./strata systemvm install');
    expect([await templates(), simulatedFiles(server)]).toEqual(before);
    await writeFile(image.path, 'cut off');
    const error = await server.admin.refused('addImageStore', { provider: 'NFS', zoneid: place.zoneid, url: 'nfs://sim-nfs/bare/two' });
    expect(error.text).toContain('is not whole: run ./strata systemvm build --fresh');
    await remove(id);
  });
});
