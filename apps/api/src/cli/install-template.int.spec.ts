// `./strata template install` against a server: over its socket, from a file, a link and the web, and with what goes wrong.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { writeTestImage } from '../../../../libs/hypervisor/src/conformance/test-images.ts';
import { createPlace } from '../../test/harness/place.ts';
import { simulatedFiles } from '../../test/harness/simulated-files.ts';
import { startTestServer, type TestServer } from '../../test/harness/test-server.ts';
import { socketPath } from '../config.ts';
import { installTemplate } from './install-template.ts';
import { SystemClient } from './system-client.ts';

const secondary = 'nfs://sim-nfs/secondary';

let server: TestServer;
let folder: string;
let web: Server;
let image: string;
let sha256: string;

beforeAll(async () => {
  vi.spyOn(console, 'log').mockImplementation(() => {});
  server = await startTestServer();
  folder = server.config.dataFolder;
  const place = await createPlace(server.admin);
  await server.admin.call('addHost', {
    ...place,
    hypervisor: 'Simulator',
    url: 'http://sim-1.rack.test',
    username: 'root',
    password: 'password',
  });
  await server.admin.call('updateConfiguration', { name: 'system.vms', value: 'false', zoneid: place.zoneid });
  await server.admin.call('addImageStore', { provider: 'NFS', zoneid: place.zoneid, url: secondary });
  mkdirSync(join(folder, 'images'));
  image = join(folder, 'images', 'guest.qcow2');
  ({ sha256 } = await writeTestImage(image, { virtualSizeBytes: 2 ** 20 }));
  web = createServer((_request, response) => response.end(readFileSync(image)));
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  web.close();
  await server.stop();
  vi.restoreAllMocks();
});

const install = (source: string, more: string[] = []) =>
  installTemplate([source, '--secondary', secondary, '--name', 'guest', '--os-type', 'other linux (64-bit)', ...more], {
    folder,
    url: server.url,
    databaseUrl: undefined,
    client: new SystemClient(socketPath(folder), ''),
    dataOption: '',
  });

const installed = () => server.admin.list('listTemplates', { templatefilter: 'all' });

describe('template install', () => {
  it('takes a file, a link to one, and an address', async () => {
    const link = join(folder, 'images', 'link');
    symlinkSync(image, link);
    expect(await install(image, ['--checksum', createHash('md5').update(readFileSync(image)).digest('hex')])).toBe(0);
    expect(await install(link)).toBe(0);
    expect(await install(`http://127.0.0.1:${(web.address() as AddressInfo).port}/guest.qcow2`, ['--checksum', sha256])).toBe(0);
    expect((await installed()).map(({ name, isready, checksum, hypervisor }) => ({ name, isready, checksum, hypervisor }))).toEqual(
      // The only hypervisor there is.
      Array.from({ length: 3 }, () => ({ name: 'guest', isready: true, checksum: `{SHA-256}${sha256}`, hypervisor: 'Simulator' })),
    );
    expect(simulatedFiles(server)).toHaveLength(3);
    expect(readdirSync(join(folder, 'upload'))).toEqual([]);
  });

  it.each([
    ['a wrong checksum', ['--checksum', '0'.repeat(40)], /SHA-1 0{40} was expected, the file has [0-9a-f]{40}/],
    ['an unknown store', ['--secondary', 'nfs://sim-nfs/other'], /no secondary storage: there is nfs:\/\/sim-nfs\/secondary/],
    ['the other hypervisor', ['--hypervisor', 'KVM'], /no KVM host of the zone is Up .*--hypervisor Simulator/],
    ['a raw image', ['--format', 'raw'], /qemu-img convert/],
  ])('says what is wrong with %s, before it says that it installs', async (_what, more, reason) => {
    vi.mocked(console.log).mockClear();
    await expect(install(image, more)).rejects.toThrow(reason);
    if (!more.includes('--checksum')) expect(vi.mocked(console.log)).not.toHaveBeenCalledWith(expect.stringContaining('Installing'));
    expect(await installed()).toHaveLength(3);
  });
});
