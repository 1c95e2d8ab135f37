// Every saga of secondary storage, templates and volumes: each step may run twice, and none leaves a trace when it fails.
import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { writeTestImage } from '../../../../../libs/hypervisor/src/conformance/test-images.ts';
import type { Params } from '../../../test/harness/api-client.ts';
import { playRound, roundsOf, type SagaRig } from '../../../test/harness/check-saga.ts';
import { createPlace, type Place } from '../../../test/harness/place.ts';
import { simulatedFiles, simulatedMounts } from '../../../test/harness/simulated-files.ts';
import { startTestServer, type TestServer } from '../../../test/harness/test-server.ts';
import { mountImageStore } from '../image-store/add-image-store.saga.ts';
import { dropImageStore } from '../image-store/remove-image-store.saga.ts';
import { removeVolume } from '../volume/delete-volume.saga.ts';
import { dropTemplate } from './delete-template.saga.ts';
import { installSystemTemplateFile } from './install-system-template.saga.ts';
import { installTemplateFile } from './install-template.saga.ts';

let server: TestServer;
let place: Place;
let installation: Params;

beforeAll(async () => {
  server = await startTestServer();
  place = await createPlace(server.admin);
  await wantSystemVms(false);
  await server.admin.call('addHost', {
    ...place,
    hypervisor: 'Simulator',
    url: 'http://sim-1.rack.test',
    username: 'root',
    password: 'password',
  });
  await server.admin.call('createStoragePool', { ...place, name: 'primary', url: 'nfs://sim-nfs/primary' });
  await server.admin.call('addImageStore', { provider: 'NFS', zoneid: place.zoneid, url: 'nfs://sim-nfs/secondary' });
  const image = join(server.config.dataFolder, 'guest.qcow2');
  await writeTestImage(image, { virtualSizeBytes: 2 ** 20 });
  installation = {
    path: image,
    name: 'guest',
    ostype: 'Other Linux (64-bit)',
    secondary: 'nfs://sim-nfs/secondary',
    hypervisor: 'Simulator',
  };
});
afterAll(() => server.stop());

const rows = (sql: string) => server.dataSource.query<Record<string, unknown>[]>(sql);

async function fingerprint(): Promise<string> {
  const world = {
    stores: await rows('SELECT name, server, path, read_only, ready, total_bytes FROM image_store ORDER BY id'),
    templates: await rows('SELECT name, virtual_size_bytes, physical_size_bytes, sha256 FROM template ORDER BY id'),
    copies: await rows('SELECT store_kind, state, percent, error FROM template_copy ORDER BY id'),
    volumes: await rows('SELECT name, state, size_bytes FROM volume ORDER BY id'),
    pools: await rows('SELECT name, reserved_bytes FROM storage_pool ORDER BY id'),
    files: simulatedFiles(server),
    mounts: simulatedMounts(server),
  };
  return JSON.stringify(world, undefined, 1).replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<uuid>');
}

/** Rounds share the server: what the one before has left is taken away first. */
async function rig(command: string, makeParams: () => Promise<Params>): Promise<SagaRig> {
  await tidy();
  const params = await makeParams();
  return {
    failpoints: server.failpoints,
    async start() {
      const { jobid = '' } = await server.local.call(command, params);
      return String(jobid);
    },
    async end(jobUuid) {
      // Commands that clients know as synchronous have ended when they answer.
      if (jobUuid === '') return 'succeeded';
      return server.local.result(jobUuid).then(
        () => 'succeeded',
        () => 'failed',
      );
    },
    fingerprint,
    close: async () => {},
  };
}

const extra = { provider: 'NFS', url: 'nfs://sim-nfs/extra' };
async function tidy(): Promise<void> {
  for (const { uuid } of await rows('SELECT uuid FROM volume')) await server.admin.call('deleteVolume', { id: String(uuid) });
  await wantSystemVms(false);
  for (const { uuid } of await rows('SELECT uuid FROM template')) await server.admin.run('deleteTemplate', { id: String(uuid) });
  for (const store of await server.admin.list('listImageStores'))
    if (String(store['name']).startsWith(extra.url)) await server.admin.call('deleteImageStore', { id: String(store['id']) });
  await rm(server.config.systemVmImageFolder, { recursive: true, force: true });
}

/** In primary storage too, as after a machine was made from it. */
async function templateInPool(): Promise<string> {
  const id = String((await server.local.run('installTemplate', installation))['id']);
  await server.dataSource.query(
    `INSERT INTO template_copy (uuid, template_id, store_kind, store_id, zone_id, state, path, percent)
     SELECT ?, t.id, 'primary', p.id, p.zone_id, 'Ready', CONCAT('template/', t.uuid, '.qcow2'), 100 FROM template t JOIN storage_pool p WHERE t.uuid = ?`,
    [randomUUID(), id],
  );
  await keepInPool(`template/${id}.qcow2`);
  return id;
}

async function keepInPool(path: string): Promise<void> {
  const file = {
    do: 'file',
    server: 'sim-nfs',
    export: '/primary',
    path,
    format: 'qcow2',
    virtualSizeBytes: 2 ** 20,
    allocatedBytes: 65_536,
  };
  appendFileSync(join(server.config.dataFolder, 'simulator.journal'), `${JSON.stringify(file)}\n`);
  await server.dataSource.query('UPDATE storage_pool SET reserved_bytes = reserved_bytes + ?', [2 ** 20]);
}

async function detachedVolume(): Promise<string> {
  const uuid = randomUUID();
  await server.dataSource.query(
    `INSERT INTO volume (uuid, name, account_id, domain_id, zone_id, pool_id, type, state, size_bytes, created)
     SELECT ?, 'data', a.id, a.domain_id, p.zone_id, p.id, 'DATADISK', 'Ready', ?, NOW() FROM account a JOIN storage_pool p WHERE a.is_default`,
    [uuid, 2 ** 20],
  );
  await keepInPool(`volumes/${uuid}.qcow2`);
  return uuid;
}

const newStore = async () => ({ ...extra, zoneid: place.zoneid });

async function wantSystemVms(value: boolean): Promise<void> {
  await server.admin.call('updateConfiguration', { name: 'system.vms', value: String(value), zoneid: place.zoneid });
}

/** As ./strata systemvm build leaves it. */
async function builtSystemTemplate(): Promise<{ path: string; version: string; checksum: string }> {
  const folder = server.config.systemVmImageFolder;
  await mkdir(folder, { recursive: true });
  const file = 'strata-systemvm-1.qcow2';
  const { localPath: path, sha256 } = await writeTestImage(join(folder, file), { virtualSizeBytes: 2 ** 20 });
  const { size: sizeBytes } = await stat(path);
  await writeFile(join(folder, 'systemvm.json'), JSON.stringify({ version: '1', file, sha256, sizeBytes }));
  return { path, version: '1', checksum: sha256 };
}

async function storeWithoutSystemTemplate(): Promise<Params> {
  await wantSystemVms(true);
  await builtSystemTemplate();
  return { ...(await newStore()), url: `${extra.url}/bare` };
}

async function addedStore(): Promise<string> {
  const { imagestore } = (await server.admin.call('addImageStore', await newStore())) as { imagestore: { id: string } };
  return imagestore.id;
}

const cases = [
  { saga: mountImageStore, irreversible: [], makeRig: () => rig('addImageStore', newStore) },
  { saga: mountImageStore, irreversible: [], makeRig: () => rig('addImageStore', storeWithoutSystemTemplate) },
  { saga: dropImageStore, irreversible: ['files'], makeRig: () => rig('deleteImageStore', async () => ({ id: await addedStore() })) },
  { saga: installTemplateFile, irreversible: [], makeRig: () => rig('installTemplate', async () => installation) },
  {
    saga: installSystemTemplateFile,
    irreversible: [],
    makeRig: () => rig('installSystemTemplate', async () => ({ ...(await builtSystemTemplate()), secondary: installation['secondary'] })),
  },
  { saga: dropTemplate, irreversible: ['final'], makeRig: () => rig('deleteTemplate', async () => ({ id: await templateInPool() })) },
  { saga: removeVolume, irreversible: ['file'], makeRig: () => rig('deleteVolume', async () => ({ id: await detachedVolume() })) },
];

describe.each(cases)('$saga.name', ({ saga, irreversible, makeRig }) => {
  it.each(roundsOf(saga, irreversible))('$title', async (round) => playRound(round, makeRig));
});
