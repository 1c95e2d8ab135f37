// F10: the database dies under running jobs and comes back; the server heals without a restart.
import { randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type MariadbServer, startMariadb } from '../../../../../tools/mariadb.mjs';
import { emptyDatabase, type KernelServer, startKernelServer } from '../../../test/harness/kernel-rig.ts';
import { area } from '../area.ts';
import { saga } from './saga.ts';

let folder = '';
let mariadb: MariadbServer;
let dataSource: DataSource;
let server: KernelServer;
let release = () => {};
const calls: string[] = [];

const held = saga<{ n: number }>('held')
  .hosts('wait', async () => {
    calls.push('wait');
    if (calls.length === 1) await new Promise<void>((resolve) => (release = resolve));
  })
  .hosts('after', async () => void calls.push('after'));

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'strata-db-restart-'));
  chmodSync(folder, 0o711);
  mariadb = await startMariadb({ dataDir: join(folder, 'db'), durable: true });
  dataSource = await emptyDatabase(mariadb.url, []);
  server = await startKernelServer({ dataSource, areas: [area({ name: 'held', sagas: [held] })], leaseMs: 1_000, beatMs: 100 });
});

afterAll(async () => {
  await server.runtime.stop();
  await dataSource.destroy();
  await mariadb.stop();
  rmSync(folder, { recursive: true, force: true });
});

it('F10 finishes the job after a kill -9 of the database, without a restart of the server', async () => {
  const subject = { type: 'Thing', id: 1, uuid: randomUUID() };
  const { uuid } = await server.request(undefined, (_tx, { jobs }) => jobs.start(held, { n: 1 }, { subject }));
  await expect.poll(() => calls).toEqual(['wait']);
  const { port, pid } = mariadb;
  process.kill(pid, 'SIGKILL');
  await expect.poll(() => server.runtime.lease.isHeld(), { timeout: 5_000 }).toBe(false);
  release();
  await expect(server.request(undefined, async () => {})).rejects.toThrow();
  mariadb = await startMariadb({ dataDir: join(folder, 'db'), durable: true, port });
  await expect.poll(() => server.runtime.lease.isHeld(), { timeout: 10_000 }).toBe(true);
  expect(await server.runtime.awaiter.whenDone(uuid, 10_000)).toMatchObject({ state: 'succeeded' });
  // The first step's end was never stored, so it ran again.
  expect(calls).toEqual(['wait', 'wait', 'after']);
});
