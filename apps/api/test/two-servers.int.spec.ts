// Two servers on one database: both serve the same machines, and what one leaves when it dies the other takes up (M01, M02).
import { randomUUID } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { writeTestImage } from '../../../libs/hypervisor/src/conformance/test-images.ts';
import { createDataSource } from '../src/kernel/db/data-source.ts';
import { ApiClient, ApiError, type Body, type Params } from './harness/api-client.ts';
import { createBasicZone } from './harness/basic-zone.ts';
import { type ServerProcess, startServerProcess } from './harness/server-process.ts';

const database = `cloud_pair_${randomUUID().slice(0, 8)}`;
const folder = mkdtempSync(join(tmpdir(), 'strata-pair-'));
/** The milestone: a job of a dead server goes on within this time. */
const takeoverMs = 15_000;
let owner: DataSource;
let databaseUrl: string;
let deployment: Params;
let first: ServerProcess;
let second: ServerProcess;

const start = (name: string, failpoint?: string): Promise<ServerProcess> =>
  startServerProcess({ databaseUrl, dataFolder: join(folder, name), ...(failpoint !== undefined && { failpoint }) });

beforeAll(async () => {
  const place = new URL(inject('databaseUrl'));
  owner = await createDataSource({ url: place.href, entities: [], poolSize: 1 }).initialize();
  await owner.query(`CREATE DATABASE ${database}`);
  place.pathname = `/${database}`;
  databaseUrl = place.href;
  first = await start('first');
  const zone = await createBasicZone(first.local, { hosts: 2 });
  const image = join(folder, 'guest.qcow2');
  await writeTestImage(image, { virtualSizeBytes: 64 * 2 ** 20 });
  const template = await first.local.run('installTemplate', {
    path: image,
    name: 'guest',
    ostype: 'Other Linux (64-bit)',
    format: 'QCOW2',
    secondary: zone.storeUrl,
    hypervisor: 'Simulator',
  });
  const reply = await first.local.call('createServiceOffering', {
    name: 'tiny',
    displaytext: 'tiny',
    cpunumber: 1,
    cpuspeed: 500,
    memory: 256,
  });
  deployment = {
    zoneid: zone.zoneId,
    templateid: String(template['id']),
    serviceofferingid: String((reply['serviceoffering'] as Body)['id']),
  };
  // Another machine has a data folder of its own, with the same key; the simulated hosts are there for both.
  mkdirSync(join(folder, 'second'), { mode: 0o711 });
  copyFileSync(join(folder, 'first', 'master.key'), join(folder, 'second', 'master.key'));
  symlinkSync(join(folder, 'first', 'simulator.journal'), join(folder, 'second', 'simulator.journal'));
  second = await start('second');
});

afterAll(async () => {
  await first.stop();
  await second.stop();
  await owner.query(`DROP DATABASE ${database}`);
  await owner.destroy();
  rmSync(folder, { recursive: true, force: true });
});

const machinesOf = async ({ local }: ServerProcess) =>
  (await local.list('listVirtualMachines', { listall: true })).map(({ id, state, hostid }) => ({ id, state, hostid }));

async function destroyAll(server: ServerProcess): Promise<void> {
  for (const { id } of await machinesOf(server)) await server.local.run('destroyVirtualMachine', { id: String(id), expunge: true });
  expect(await server.local.list('verifyInventory')).toEqual([]);
}

describe('two servers', () => {
  it("M01 give the same answers, follow each other's jobs and take the same keys", async () => {
    const { id, jobid } = await first.local.call('deployVirtualMachine', deployment);
    expect(await second.local.result(String(jobid))).toMatchObject({ id, state: 'Running' });
    expect(await machinesOf(second)).toEqual(await machinesOf(first));
    expect(await second.local.run('stopVirtualMachine', { id: String(id) })).toMatchObject({ state: 'Stopped' });
    expect(await first.local.run('startVirtualMachine', { id: String(id) })).toMatchObject({ state: 'Running' });
    const [admin] = await first.local.list('listUsers', { username: 'admin' });
    const { userkeys } = (await first.local.call('registerUserKeys', { id: String(admin!['id']) })) as {
      userkeys: { apikey: string; secretkey: string };
    };
    for (const { url } of [first, second]) {
      const client = ApiClient.signed(url, { apiKey: userkeys.apikey, secretKey: userkeys.secretkey });
      expect(await client.list('listVirtualMachines')).toMatchObject([{ id }]);
    }
    await destroyAll(second);
  });

  it('see a changed setting within 5 s (M09)', async () => {
    await first.local.call('updateConfiguration', { name: 'expunge.delay', value: '4711' });
    await expect
      .poll(async () => (await second.local.list('listConfigurations', { name: 'expunge.delay' }))[0]?.['value'], {
        timeout: 5_000,
        interval: 100,
      })
      .toBe('4711');
  });

  it('asked for one machine at the same moment, do one thing after the other', async () => {
    const { id } = await first.local.run('deployVirtualMachine', deployment);
    const both = await Promise.allSettled([first, second].map(({ local }) => local.run('stopVirtualMachine', { id: String(id) })));
    expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const end of both) if (end.status === 'rejected') expect((end.reason as ApiError).code).toBe(536);
    const deploys = await Promise.all(
      Array.from({ length: 12 }, (_, n) => [first, second][n % 2]!.local.run('deployVirtualMachine', deployment)),
    );
    const addresses = deploys.map(({ nic }) => (nic as Body[])[0]!['ipaddress']);
    expect(new Set(addresses).size).toBe(12);
    await destroyAll(first);
  });

  it.each(['deployVirtualMachine:disks:effect', 'deployVirtualMachine:machine:effect'])(
    'M02 killed at %s, its job ends on the other',
    async (point) => {
      await first.stop();
      first = await start('first', point);
      const { id, jobid } = await first.local.call('deployVirtualMachine', deployment);
      expect(await first.ended).toBe('SIGKILL');
      const diedAt = performance.now();
      expect(await second.local.result(String(jobid))).toMatchObject({ id, state: 'Running' });
      expect(performance.now() - diedAt).toBeLessThan(takeoverMs);
      expect(await machinesOf(second)).toHaveLength(1);
      expect(await second.local.list('verifyInventory')).toEqual([]);
      first = await start('first');
      expect(await machinesOf(first)).toEqual(await machinesOf(second));
      await destroyAll(first);
    },
  );
});
