// `./strata systemvm install` and `upgrade` against a server: the built template, files, compressed ones, the web, and a folder without a server.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { writeTestImage } from '../../../../libs/hypervisor/src/conformance/test-images.ts';
import { createPlace } from '../../test/harness/place.ts';
import { startTestServer, type TestServer } from '../../test/harness/test-server.ts';
import { socketPath } from '../config.ts';
import { installSystemVmTemplate } from './install-system-vm-template.ts';
import { putIntoFolder } from './local-secondary-storage.ts';
import { SystemClient } from './system-client.ts';
import { systemVmTemplateFile } from './system-vm-template-file.ts';
import { upgradeSystemVms } from './upgrade-system-vms.ts';

const secondary = 'nfs://sim-nfs/bare/secondary';

let server: TestServer;
let folder: string;
let web: Server;
let zoneid: string;
let image: string;
let sha256: string;

beforeAll(async () => {
  vi.spyOn(console, 'log').mockImplementation(() => {});
  server = await startTestServer();
  folder = server.config.dataFolder;
  const place = await createPlace(server.admin);
  ({ zoneid } = place);
  await server.admin.call('addHost', {
    ...place,
    hypervisor: 'Simulator',
    url: 'http://sim-1.rack.test',
    username: 'root',
    password: 'password',
  });
  await server.admin.call('updateConfiguration', { name: 'system.vms', value: 'false', zoneid });
  await server.admin.call('addImageStore', { provider: 'NFS', zoneid, url: secondary });
  for (const name of ['images', 'upload']) mkdirSync(join(folder, name));
  image = join(folder, 'images', 'mine.qcow2');
  ({ sha256 } = await writeTestImage(image, { virtualSizeBytes: 2 ** 20 }));
  writeFileSync(`${image}.gz`, gzipSync(readFileSync(image)));
  writeFileSync(`${image}.bz2`, execFileSync('bzip2', ['-c', image]));
  web = createServer((_request, response) => response.end(readFileSync(`${image}.bz2`)));
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  web.close();
  await server.stop();
  vi.restoreAllMocks();
});

const installation = () => ({
  folder,
  url: server.url,
  databaseUrl: undefined,
  client: new SystemClient(socketPath(folder), ''),
  dataOption: '',
});
const install = (...words: string[]) => installSystemVmTemplate(words, installation());
const versions = async () =>
  (await server.admin.list('listTemplates', { templatefilter: 'all', templatetype: 'SYSTEM' })).map(({ displaytext }) => displaytext);

async function build(version: string, virtualSizeBytes: number): Promise<void> {
  const built = join(folder, 'systemvm');
  mkdirSync(built, { recursive: true });
  const file = `strata-systemvm-${version}.qcow2`;
  const { localPath, sha256: sum } = await writeTestImage(join(built, file), { virtualSizeBytes });
  writeFileSync(join(built, 'systemvm.json'), JSON.stringify({ version, file, sha256: sum, sizeBytes: statSync(localPath).size }));
}

describe('systemvm install', () => {
  it('CS-41 brings the built template to a storage of a zone, by a host', async () => {
    await expect(install('--secondary', secondary)).rejects.toThrow(/run \.\/strata systemvm build first/);
    await build('1.0', 2 ** 21);
    expect(await install('--secondary', secondary)).toBe(0);
    expect(await versions()).toEqual(['System VM template 1.0']);
  });

  it.each([
    ['a file', () => [image]],
    ['-f, gzip', () => ['-f', `${image}.gz`]],
    ['-f, bzip2', () => ['-f', `${image}.bz2`]],
    ['-u, bzip2', () => ['-u', `http://127.0.0.1:${(web.address() as AddressInfo).port}/systemvm.qcow2.bz2`, '-h', 'simulator']],
  ])('takes %s', async (_what, words) => {
    expect(await install('--secondary', secondary, ...words())).toBe(0);
    expect(await versions()).toContain(`System VM template custom-${sha256.slice(0, 10)}`);
    expect(await versions()).toHaveLength(2);
    expect(readdirSync(join(folder, 'upload'))).toEqual([]);
  });

  it('-F removes templates that no system machine was made from', async () => {
    await install('--secondary', secondary, '-F');
    expect(await versions()).toEqual(['System VM template 1.0']);
  });

  it('CS-41 puts it into a folder where the storage is mounted', async () => {
    const mounted = join(folder, 'mounted');
    mkdirSync(join(mounted, 'template', 'system'), { recursive: true });
    const older = join(mounted, 'template', 'system', `0.9_${'a1'.repeat(32)}.qcow2`);
    writeFileSync(older, 'older');
    await install('-m', mounted, '-f', image, '-h', 'kvm', '-F');
    const target = join(mounted, 'template', 'system', `custom-${sha256.slice(0, 10)}_${sha256}.qcow2`);
    expect(createHash('sha256').update(readFileSync(target)).digest('hex')).toBe(sha256);
    expect(existsSync(older)).toBe(false);
  });

  it('CS-42 says how much room is missing', async () => {
    const file = await systemVmTemplateFile(image, installation());
    await expect(putIntoFolder(folder, { ...file, sha256: 'b2'.repeat(32), sizeBytes: 2 ** 60 })).rejects.toThrow(
      /MiB free, the system VM template needs 1099511627776\.0 MiB: make room/,
    );
    expect(existsSync(join(folder, 'template'))).toBe(false);
  });

  it.each([
    [['-f', '/nowhere.qcow2', '--secondary', secondary], /there is no file \/nowhere\.qcow2/],
    [['--secondary', secondary, '-h', 'vmware'], /-h takes kvm, not "vmware"/],
    [['-f', '/etc/passwd'], /needs --secondary nfs:\/\/SERVER\/PATH, or -m FOLDER/],
    [['-f', '/etc/passwd', '-m', '/'], /is a text, not an image/],
    [['a', 'b', '--secondary', secondary], /takes one FILE or URL/],
    [['-f', 'x', '-m', '/nowhere'], /there is no file/],
  ])('refuses %j', async (words, reason) => {
    await expect(install(...words)).rejects.toThrow(reason);
  });
});

describe('systemvm upgrade', () => {
  it('brings the built template to every storage and finds no machine to replace', async () => {
    await build('1.1', 2 ** 22);
    expect(await upgradeSystemVms([], installation())).toBe(0);
    expect(await versions()).toEqual(expect.arrayContaining(['System VM template 1.1']));
  });
});
