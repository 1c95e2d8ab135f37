// Every saga of primary storage: each step may run twice, each failure leaves no trace in rows or on hosts, and a deletion can be repeated.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Body, Params } from '../../../test/harness/api-client.ts';
import { playRound, roundsOf, type SagaRig } from '../../../test/harness/check-saga.ts';
import { type Cloud, startCloud } from '../../../test/harness/cloud.ts';
import { simulatedFiles, simulatedMounts } from '../../../test/harness/simulated-files.ts';
import { addStoragePool } from './add-storage-pool.saga.ts';
import { removeStoragePool } from './delete-storage-pool.saga.ts';

let cloud: Cloud;
const name = 'extra';

beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(() => cloud.stop());

const rows = (sql: string) => cloud.server.dataSource.query<Record<string, unknown>[]>(sql);

async function fingerprint(): Promise<string> {
  const world = {
    pools: await rows('SELECT name, server, path, state, total_bytes, reserved_bytes, tags FROM storage_pool ORDER BY id'),
    copies: await rows('SELECT store_kind, state FROM template_copy ORDER BY id'),
    files: simulatedFiles(cloud.server),
    // Which host fetched the template from secondary storage is left to chance.
    mounts: simulatedMounts(cloud.server).filter((mount) => !mount.includes('/secondary')),
  };
  return JSON.stringify(world, undefined, 1);
}

const newPool = (): Params => ({
  zoneid: cloud.zone.zoneId,
  podid: cloud.zone.podId,
  clusterid: cloud.zone.clusterId,
  name,
  url: `nfs://sim-nfs/${name}`,
  tags: name,
});
const addPool = async (): Promise<string> =>
  String(((await cloud.server.admin.call('createStoragePool', newPool()))['storagepool'] as Body)['id']);

/** With the template in it, as after a machine was made there. */
async function usedPool(): Promise<string> {
  const id = await addPool();
  const { serviceoffering } = (await cloud.server.admin.call('createServiceOffering', {
    name: 'there',
    displaytext: 'there',
    cpunumber: 1,
    cpuspeed: 100,
    memory: 128,
    tags: name,
  })) as { serviceoffering: Body };
  const vm = await cloud.deploy({ serviceofferingid: String(serviceoffering['id']) });
  await cloud.server.admin.run('destroyVirtualMachine', { id: String(vm['id']), expunge: true });
  return id;
}

async function tidy(): Promise<void> {
  cloud.server.failpoints.set('');
  cloud.fleet.clearFaults();
  for (const { uuid } of await rows(`SELECT uuid FROM storage_pool WHERE name = '${name}'`))
    await cloud.server.admin.call('deleteStoragePool', { id: String(uuid) });
}

async function rig(command: string, prepare: () => Promise<Params>): Promise<SagaRig> {
  await tidy();
  const params = await prepare();
  return {
    failpoints: cloud.server.failpoints,
    async start() {
      await cloud.server.admin.call(command, params);
      return '';
    },
    // The commands answer when the job has succeeded.
    end: async () => 'succeeded',
    fingerprint,
    close: async () => cloud.server.failpoints.set(''),
  };
}

const cases = [
  { saga: addStoragePool, irreversible: [], makeRig: () => rig('createStoragePool', async () => newPool()) },
  { saga: removeStoragePool, irreversible: ['files'], makeRig: () => rig('deleteStoragePool', async () => ({ id: await usedPool() })) },
  // Without templates in it nothing is lost.
  { saga: removeStoragePool, irreversible: [], makeRig: () => rig('deleteStoragePool', async () => ({ id: await addPool() })) },
];

describe.each(cases)('$saga.name', ({ saga, irreversible, makeRig }) => {
  it.each(roundsOf(saga, irreversible))('$title', (round) => playRound(round, makeRig));
});

describe('createStoragePool', () => {
  it('CS-37 names hosts with the same trouble together, with one cause and one remedy', async () => {
    await tidy();
    const { text } = await cloud.server.admin.refused('createStoragePool', { ...newPool(), url: 'nfs://sim-nfs/squashed' });
    expect(text).toMatch(/can't be used\. hosts sim-1\.one\.example\.test, sim-2\.one\.example\.test: [^:]*: the export has root_squash/);
    expect(text.split('to mend it')).toHaveLength(2);
    expect(text).toContain('echo "/squashed 10.0.0.0/16(rw,');
  });
});

describe('deleteStoragePool while machines are deployed there', () => {
  it('F28 either finds them or keeps them out', async () => {
    const { admin } = cloud.server;
    for (let round = 1; round <= 5; round += 1) {
      await tidy();
      const id = await usedPool();
      const serviceofferingid = String((await admin.list('listServiceOfferings', { name: 'there' }))[0]!['id']);
      const remove = () => admin.call('deleteStoragePool', { id });
      const deploy = () => cloud.deploy({ serviceofferingid });
      // Each is first in some rounds.
      const work = round % 2 === 0 ? [remove, deploy, deploy] : [deploy, remove, deploy];
      const ends = await Promise.allSettled(work.map((act) => act()));
      const wasDone = (act: () => Promise<Body>) => ends.some(({ status }, at) => work[at] === act && status === 'fulfilled');
      expect(wasDone(remove)).not.toBe(wasDone(deploy));
      const left = await admin.list('listStoragePools', { name });
      expect(left).toHaveLength(wasDone(remove) ? 0 : 1);
      expect(await cloud.server.local.list('verifyInventory')).toEqual([]);
      for (const vm of await admin.list('listVirtualMachines', { listall: true }))
        await admin.run('destroyVirtualMachine', { id: String(vm['id']), expunge: true });
    }
  });
});

describe('deleteStoragePool that fails in between', () => {
  beforeEach(tidy);

  it('leaves storage that serves as before, and can be repeated', async () => {
    const { admin } = cloud.server;
    const id = await usedPool();
    await admin.call('updateConfiguration', { name: 'job.step.retry.seconds', value: '0' });
    // The template's file is gone by then, the first host has let go of the export, the second has not.
    cloud.fleet.fail('*', 'mounts.remove', { kind: 'busy' }, 2);
    expect((await admin.refused('deleteStoragePool', { id })).text).toMatch(/mounts\.remove/);
    await admin.call('updateConfiguration', { name: 'job.step.retry.seconds', value: '60' });
    cloud.fleet.clearFaults();

    expect(await admin.list('listStoragePools', { id })).toMatchObject([{ state: 'Up' }]);
    expect(await cloud.server.local.list('verifyInventory')).toEqual([]);
    const offering = (await admin.list('listServiceOfferings', { name: 'there' }))[0]!;
    const vm = await cloud.deploy({ serviceofferingid: String(offering['id']) });
    expect(vm).toMatchObject({ state: 'Running' });
    expect((await admin.refused('deleteStoragePool', { id })).text).toMatch(/still holds 1 volume/);
    await admin.run('destroyVirtualMachine', { id: String(vm['id']), expunge: true });

    await admin.call('deleteStoragePool', { id });
    expect(simulatedFiles(cloud.server).filter((file) => file.includes(`/${name}/`))).toEqual([]);
    expect(simulatedMounts(cloud.server).filter((mount) => mount.endsWith(`/${name}`))).toEqual([]);
    expect(await cloud.server.local.list('verifyInventory')).toEqual([]);
  });

  it('keeps storage that was disabled before disabled', async () => {
    const { admin } = cloud.server;
    const id = await addPool();
    await admin.call('updateStoragePool', { id, enabled: false });
    cloud.server.failpoints.set('deleteStoragePool:files:error');
    await admin.refused('deleteStoragePool', { id });
    expect(await admin.list('listStoragePools', { id })).toMatchObject([{ state: 'Disabled' }]);
  });
});
