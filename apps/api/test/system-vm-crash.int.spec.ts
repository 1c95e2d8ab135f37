// A server killed while it works on system machines: the next one brings each zone to exactly one of each kind (F01, F02, F03).
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { destroySystemMachine } from '../src/areas/system-vm/destroy-system-vm.saga.ts';
import { migrateSystemMachine } from '../src/areas/system-vm/migrate-system-vm.saga.ts';
import { startSystemMachine } from '../src/areas/system-vm/start-system-vm.saga.ts';
import { createDataSource } from '../src/kernel/db/data-source.ts';
import { createBasicZone } from './harness/basic-zone.ts';
import { type ServerProcess, startServerProcess } from './harness/server-process.ts';

const places = ['before', 'log'] as const;
const database = `cloud_crash_${randomUUID().slice(0, 8)}`;
const dataFolder = mkdtempSync(join(tmpdir(), 'strata-crash-'));
let owner: DataSource;
let databaseUrl: string;

const start = (failpoint?: string): Promise<ServerProcess> =>
  startServerProcess({ databaseUrl, dataFolder, ...(failpoint !== undefined && { failpoint }) });

beforeAll(async () => {
  const place = new URL(inject('databaseUrl'));
  owner = await createDataSource({ url: place.href, entities: [], poolSize: 1 }).initialize();
  await owner.query(`CREATE DATABASE ${database}`);
  place.pathname = `/${database}`;
  databaseUrl = place.href;
  const server = await start();
  await createBasicZone(server.local, { hosts: 2, systemVms: true });
  await bothUp(server);
  await server.stop();
}, 120_000);

afterAll(async () => {
  await owner.query(`DROP DATABASE ${database}`);
  await owner.destroy();
  rmSync(dataFolder, { recursive: true, force: true });
});

const proxyOf = async (server: ServerProcess) =>
  String((await server.local.list('listSystemVms', { systemvmtype: 'consoleproxy' }))[0]!['id']);

/** @throws Error that shows what there is instead */
async function bothUp({ local }: ServerProcess): Promise<void> {
  const wanted = 'consoleproxy Running Up, secondarystoragevm Running Up';
  const deadline = performance.now() + 60_000;
  for (;;) {
    const machines = await local.list('listSystemVms');
    const found = machines.map(({ systemvmtype, state, agentstate }) => [systemvmtype, state, agentstate].join(' ')).sort();
    if (found.join(', ') === wanted) return;
    if (performance.now() > deadline)
      throw new Error(`system machines: ${found.join(', ')}; alerts: ${JSON.stringify(await local.list('listAlerts'))}`);
    await sleep(200);
  }
}

const scenarios = [
  // Its replacement is started by the reconciler.
  { saga: startSystemMachine, call: async (server: ServerProcess) => server.local.call('destroySystemVm', { id: await proxyOf(server) }) },
  {
    saga: destroySystemMachine,
    call: async (server: ServerProcess) => server.local.call('destroySystemVm', { id: await proxyOf(server) }),
  },
  {
    saga: migrateSystemMachine,
    call: async (server: ServerProcess) =>
      server.local.call('migrateSystemVm', { virtualmachineid: await proxyOf(server), autoselect: true }),
  },
];

const points = scenarios.flatMap(({ saga, call }) =>
  saga.steps.flatMap(({ name }) => places.map((place) => [`${saga.name}:${name}:${place}`, call] as const)),
);

describe('kill -9', () => {
  it.each(points)('at %s', { timeout: 90_000 }, async (point, call) => {
    const doomed = await start(point);
    await call(doomed).catch(() => undefined);
    expect(await doomed.ended).toBe('SIGKILL');
    const server = await start();
    try {
      await bothUp(server);
      expect(await server.local.list('verifyInventory')).toEqual([]);
    } finally {
      await server.stop();
    }
  });
});
