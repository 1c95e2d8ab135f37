// Secondary storage on the simulator: added under both names, listed, changed, removed; exports that can't be used leave nothing.
import { join } from 'node:path';
import { SimulatedFleet } from '@strata/hypervisor';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Body } from '../../../test/harness/api-client.ts';
import { createPlace, type Place } from '../../../test/harness/place.ts';
import { simulatedMounts } from '../../../test/harness/simulated-files.ts';
import { startTestServer, type TestServer } from '../../../test/harness/test-server.ts';

let server: TestServer;
let place: Place;

beforeAll(async () => {
  server = await startTestServer();
  place = await createPlace(server.admin);
});
afterAll(() => server.stop());

const add = (url: string, more: Record<string, string> = {}) => ({ provider: 'NFS', zoneid: place.zoneid, url, ...more });

describe('secondary storage', () => {
  it('needs a host first', async () => {
    const error = await server.admin.refused('addImageStore', add('nfs://sim-nfs/secondary'));
    expect(error.code).toBe(431);
    expect(error.text).toContain('add a host first');
    expect(await server.admin.call('listImageStores')).toEqual({});
    await server.admin.call('addHost', {
      ...place,
      hypervisor: 'Simulator',
      url: 'http://sim-1.rack.test',
      username: 'root',
      password: 'password',
    });
  });

  it('CS-10 is added, listed and mounted by addImageStore', async () => {
    const { imagestore } = (await server.admin.call('addImageStore', add('nfs://sim-nfs/secondary', { name: 'images' }))) as {
      imagestore: Body;
    };
    expect(imagestore).toMatchObject({
      name: 'images',
      zoneid: place.zoneid,
      zonename: 'zone-one',
      providername: 'NFS',
      protocol: 'nfs',
      scope: 'ZONE',
      url: 'nfs://sim-nfs/secondary',
      readonly: false,
    });
    expect(imagestore['disksizetotal']).toBeGreaterThan(0);
    expect(await server.admin.list('listImageStores', { zoneid: place.zoneid, provider: 'NFS' })).toEqual([imagestore]);
    expect(await server.admin.list('listImageStores', { protocol: 's3' })).toEqual([]);
    expect(simulatedMounts(server)).toEqual(['sim-1.rack.test sim-nfs:/secondary']);
  });

  it('is added by addSecondaryStorage as older clients do', async () => {
    const { secondarystorage } = (await server.admin.call('addSecondaryStorage', { zoneId: place.zoneid, url: 'nfs://sim-nfs/older' })) as {
      secondarystorage: Body;
    };
    expect(secondarystorage).toMatchObject({ name: 'nfs://sim-nfs/older', zoneid: place.zoneid, url: 'nfs://sim-nfs/older' });
    expect(await server.admin.list('listImageStores', { id: String(secondarystorage['id']) })).toHaveLength(1);
  });

  it('is renamed and closed for new files', async () => {
    const [store] = await server.admin.list('listImageStores', { name: 'images' });
    const changed = await server.admin.call('updateImageStore', { id: String(store!['id']), name: 'archive', readonly: true });
    expect(changed).toEqual({ imagestore: { ...store, name: 'archive', readonly: true } });
    expect(await server.admin.list('listImageStores', { readonly: true })).toHaveLength(1);
  });

  it.each([
    ['CS-40 missing path', 'nfs://sim-nfs/missing', /does not exist|not among the exported/],
    ['CS-34 read-only export', 'nfs://sim-nfs/readonly', /export is read-only; to mend it: /],
    ['CS-36 root_squash', 'nfs://sim-nfs/squashed', /root_squash.*"\/squashed 10\.0\.0\.0\/24\(rw,/],
    ['CS-37 denied', 'nfs://sim-nfs/denied', /access denied/],
    ['full', 'nfs://sim-nfs/full', /full/],
    ['CS-39 NFS not running', 'nfs://sim-nfs-closed/secondary', /NFS service does not run/],
    ['CS-35 firewall', 'nfs://sim-nfs-rejected/secondary', /firewall/],
    ['CS-38 unknown name', 'nfs://nowhere.test/secondary', /does not know the name/],
    ['no protocol', 'sim-nfs/secondary', /has no protocol/],
    ['another protocol', 's3://bucket/secondary', /not supported/],
    ['the same again', 'nfs://sim-nfs/secondary/', /is secondary storage already/],
  ])('refuses %s and leaves nothing', async (_what, url, reason) => {
    const [stores, mounts] = [await server.admin.list('listImageStores'), simulatedMounts(server)];
    for (const command of ['addImageStore', 'addSecondaryStorage']) {
      const error = await server.admin.refused(command, add(url));
      expect(error.code).toBe(431);
      expect(error.text).toMatch(reason);
    }
    expect(await server.admin.list('listImageStores')).toEqual(stores);
    expect(simulatedMounts(server)).toEqual(mounts);
  });

  it('is never primary storage as well', async () => {
    await server.admin.call('createStoragePool', { ...place, name: 'p', url: 'nfs://sim-nfs/primary' });
    expect((await server.admin.refused('addImageStore', add('nfs://sim-nfs/primary'))).text).toContain('is primary storage already');
    expect((await server.admin.refused('createStoragePool', { ...place, name: 'q', url: 'nfs://sim-nfs/secondary' })).text).toContain(
      'is secondary storage already',
    );
  });

  it('is added by the next host when the first does not answer', async () => {
    await server.admin.call('addHost', {
      ...place,
      hypervisor: 'Simulator',
      url: 'http://sim-2.rack.test',
      username: 'root',
      password: 'password',
    });
    const fleet = new SimulatedFleet({ journalPath: join(server.config.dataFolder, 'simulator.journal') });
    fleet.fail('sim-1.rack.test', 'mounts.probeNfs', { kind: 'unreachable', reason: 'timedOut' });
    await server.admin.call('addImageStore', add('nfs://sim-nfs/next'));
    fleet.catchUp();
    fleet.close();
    expect(simulatedMounts(server)).toContain('sim-2.rack.test sim-nfs:/next');
    expect(simulatedMounts(server)).not.toContain('sim-1.rack.test sim-nfs:/next');
  });

  it('is removed with its mounts', async () => {
    for (const store of await server.admin.list('listImageStores')) {
      expect(await server.admin.call('deleteImageStore', { id: String(store['id']) })).toEqual({ success: 'true' });
    }
    expect(await server.admin.call('listImageStores')).toEqual({});
    expect(simulatedMounts(server)).toEqual(['sim-1.rack.test sim-nfs:/primary', 'sim-2.rack.test sim-nfs:/primary']);
  });
});
