// Every saga of ISOs, links and copies of templates: each step may run twice, each failure and each undo leaves no trace.
import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import type { Body, Params } from '../../../test/harness/api-client.ts';
import { type BasicZone, createBasicZone } from '../../../test/harness/basic-zone.ts';
import { playRound, roundsOf, type SagaRig } from '../../../test/harness/check-saga.ts';
import { type Cloud } from '../../../test/harness/cloud.ts';
import { simulatedFiles } from '../../../test/harness/simulated-files.ts';
import { startCloudWithSystemVms } from '../../../test/harness/system-vms.ts';
import { copyToZones } from '../template/copy-template.saga.ts';
import { dropIdleCopy } from '../template/drop-idle-copy.saga.ts';
import { extractFile } from '../template/extract-template.saga.ts';
import { insertIso, takeOutIso } from '../vm/change-iso.saga.ts';
import { extractVolumeFile } from '../volume/extract-volume.saga.ts';

let cloud: Cloud;
let other: BasicZone;
let iso: string;
let machine: string;
/** The root disk of a machine that is stopped. */
let layer: string;

beforeAll(async () => {
  cloud = await startCloudWithSystemVms({ hosts: 1 });
  const { admin } = cloud.server;
  other = await createBasicZone(admin, { label: 'two', hosts: 1 });
  const reply = await admin.call('registerIso', { name: 'rescue', url: 'http://images.test/rescue.iso', zoneid: cloud.zone.zoneId });
  iso = String((reply['iso'] as Body[])[0]!['id']);
  for (let ready = false; !ready;) {
    await cloud.server.runtime.schedule.wake('template-download');
    ready = (await admin.list('listIsos', { isofilter: 'self', id: iso }))[0]!['isready'] === true;
  }
  machine = String((await cloud.deploy())['id']);
  const stopped = String((await cloud.deploy())['id']);
  await admin.run('stopVirtualMachine', { id: stopped, forced: true });
  layer = String((await admin.list('listVolumes', { virtualmachineid: stopped }))[0]!['id']);
  // The pool has the ISO from here on.
  await admin.run('attachIso', { id: iso, virtualmachineid: machine });
}, 60_000);
afterAll(() => cloud.stop());

const rows = (sql: string) => cloud.server.dataSource.query<Record<string, unknown>[]>(sql);

async function fingerprint(): Promise<string> {
  cloud.fleet.catchUp();
  const hosts = await rows('SELECT address FROM host');
  const world = {
    drives: await rows('SELECT iso_id FROM virtual_machine ORDER BY id'),
    copies: await rows(
      'SELECT template_id, store_kind, store_id, state, percent FROM template_copy ORDER BY template_id, store_kind, store_id',
    ),
    pools: await rows('SELECT reserved_bytes FROM storage_pool ORDER BY id'),
    links: await rows('SELECT subject_type, ownership, site IS NULL AS hidden FROM store_link'),
    files: simulatedFiles(cloud.server),
    media: hosts.flatMap(({ address }) =>
      [...(cloud.fleet.findHost(String(address))?.machines?.values() ?? [])].map(({ cdrom }) => cdrom ?? null),
    ),
  };
  return JSON.stringify(world, undefined, 1).replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<uuid>');
}

/** Rounds share the cloud: what the one before has left is taken away first. */
async function rig(start: () => Promise<string>, prepare: () => Promise<void>): Promise<SagaRig> {
  const { admin } = cloud.server;
  if ((await rows('SELECT iso_id FROM virtual_machine WHERE iso_id IS NOT NULL')).length > 0)
    await admin.run('detachIso', { virtualmachineid: machine });
  await cloud.server.dataSource.query('UPDATE store_link SET expires_at = NOW() - INTERVAL 1 SECOND');
  await cloud.server.runtime.schedule.wake('template-download');
  for (const { uuid } of await rows('SELECT uuid FROM volume WHERE vm_id IS NULL')) await admin.call('deleteVolume', { id: String(uuid) });
  if ((await admin.list('listTemplates', { templatefilter: 'all', id: cloud.templateId, zoneid: other.zoneId })).length > 0)
    await admin.run('deleteTemplate', { id: cloud.templateId, zoneid: other.zoneId });
  await prepare();
  return {
    failpoints: cloud.server.failpoints,
    start,
    end: async (jobUuid) => (await cloud.server.runtime.awaiter.whenDone(jobUuid, 20_000)).state,
    fingerprint,
    close: async () => cloud.server.failpoints.set(''),
  };
}

const call =
  (command: string, params: () => Params, prepare: () => Promise<void> = async () => {}) =>
  () =>
    rig(async () => String((await cloud.server.admin.call(command, params()))['jobid']), prepare);

const inDrive = () => ({ virtualmachineid: machine });
const attached = async () => {
  await cloud.server.admin.run('attachIso', { id: iso, ...inDrive() });
};

let volume: string;
/** A data disk in primary storage that no machine has. */
async function detachedVolume(): Promise<void> {
  volume = randomUUID();
  await cloud.server.dataSource.query(
    `INSERT INTO volume (uuid, name, account_id, domain_id, zone_id, pool_id, type, state, size_bytes, created)
     SELECT ?, 'data', a.id, a.domain_id, p.zone_id, p.id, 'DATADISK', 'Ready', ?, NOW() FROM account a JOIN storage_pool p WHERE a.is_default ORDER BY p.id LIMIT 1`,
    [volume, 2 ** 20],
  );
  await cloud.server.dataSource.query('UPDATE storage_pool SET reserved_bytes = reserved_bytes + ? ORDER BY id LIMIT 1', [2 ** 20]);
  const file = {
    do: 'file',
    server: 'sim-nfs',
    export: '/primary-one',
    path: `volumes/${volume}.qcow2`,
    format: 'qcow2',
    virtualSizeBytes: 2 ** 20,
    allocatedBytes: 65_536,
  };
  appendFileSync(join(cloud.server.config.dataFolder, 'simulator.journal'), `${JSON.stringify(file)}\n`);
}

/** The reconciler starts it when the copy was of no use for a week. */
async function cleanUp(): Promise<string> {
  const jobs = () => rows("SELECT uuid FROM job WHERE saga = 'dropIdleTemplateCopy' ORDER BY id DESC");
  const before = await jobs();
  await cloud.server.dataSource.query(
    "UPDATE template_copy c JOIN template t ON t.id = c.template_id SET c.unused_since = NOW() - INTERVAL 8 DAY WHERE c.store_kind = 'primary' AND t.uuid = ?",
    [iso],
  );
  await cloud.server.runtime.schedule.wake('template-cleanup');
  const after = await jobs();
  if (after.length === before.length) throw new Error('it was refused');
  return String(after[0]!['uuid']);
}

/** In the pool, and in nobody's drive. */
async function idleIso(): Promise<void> {
  await attached();
  await cloud.server.admin.run('detachIso', inDrive());
}

const cases = [
  { saga: insertIso, irreversible: [], makeRig: call('attachIso', () => ({ id: iso, ...inDrive() })) },
  { saga: takeOutIso, irreversible: [], makeRig: call('detachIso', inDrive, attached) },
  { saga: extractFile, irreversible: [], makeRig: call('extractTemplate', () => ({ id: cloud.templateId, mode: 'HTTP_DOWNLOAD' })) },
  {
    saga: extractVolumeFile,
    irreversible: [],
    makeRig: call('extractVolume', () => ({ id: volume, zoneid: cloud.zone.zoneId, mode: 'HTTP_DOWNLOAD' }), detachedVolume),
  },
  {
    saga: extractVolumeFile,
    irreversible: [],
    makeRig: call('extractVolume', () => ({ id: layer, zoneid: cloud.zone.zoneId, mode: 'HTTP_DOWNLOAD' })),
  },
  { saga: copyToZones, irreversible: [], makeRig: call('copyTemplate', () => ({ id: cloud.templateId, destzoneid: other.zoneId })) },
  { saga: dropIdleCopy, irreversible: ['final'], makeRig: () => rig(cleanUp, idleIso) },
];

describe.each(cases)('$saga.name', ({ saga, irreversible, makeRig }) => {
  it.each(roundsOf(saga, irreversible))('$title', async (round) => playRound(round, makeRig));
});
