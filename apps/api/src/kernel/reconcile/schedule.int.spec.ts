// Reconcilers: one server at a time, never overlapping, failures told once and alerted when they last.
import type { DataSource } from 'typeorm';
import { afterAll, afterEach, beforeAll, expect, inject, it } from 'vitest';
import {
  dropDatabase,
  emptyDatabase,
  type KernelServer,
  type KernelServerOptions,
  startKernelServer,
  statementsOf,
} from '../../../test/harness/kernel-rig.ts';
import { area } from '../area.ts';
import { saga } from '../jobs/saga.ts';
import { type Reconciler, reconciler } from './reconciler.ts';

let dataSource: DataSource;
const servers: KernelServer[] = [];
beforeAll(async () => {
  dataSource = await emptyDatabase(inject('databaseUrl'), []);
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.runtime.stop();
});
afterAll(() => dropDatabase(dataSource));

const touch = saga<{ n: number }>('touch').rows('touch', async () => {});

async function server(run: Reconciler['run'], name: string, options: Partial<KernelServerOptions> = {}): Promise<KernelServer> {
  const declared = reconciler({ name, about: 'For this test.', everyMs: 3_600_000, run });
  const started = await startKernelServer({
    dataSource,
    areas: [area({ name: 'test', reconcilers: [declared], sagas: [touch] })],
    ...options,
  });
  servers.push(started);
  return started;
}

it('never overlaps itself: a wake while it runs lets it run once more', async () => {
  let running = 0;
  let most = 0;
  let runs = 0;
  const on = await server(async () => {
    runs += 1;
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, 20));
    running -= 1;
  }, 'slow');
  await Promise.all([1, 2, 3, 4].map(() => on.runtime.schedule.wake('slow')));
  expect({ most, runs }).toEqual({ most: 1, runs: 2 });
});

it('M07 runs on one server; another takes over when that one is gone', async () => {
  const runs: string[] = [];
  const one = await server(async () => void runs.push('one'), 'shared');
  const two = await server(async () => void runs.push('two'), 'shared');
  await one.runtime.schedule.wake('shared');
  await two.runtime.schedule.wake('shared');
  expect(runs).toEqual(['one']);
  await one.runtime.stop();
  servers.splice(servers.indexOf(one), 1);
  await two.runtime.schedule.wake('shared');
  expect(runs).toEqual(['one', 'two']);
});

it('raises an alert after three failures in a row and clears it when it works again', async () => {
  let broken = true;
  const on = await server(async () => {
    if (broken) throw new Error('no such table');
  }, 'failing');
  const open = async () =>
    (await dataSource.query<{ content: string }[]>(`SELECT content FROM alert WHERE open_cause = 'reconciler.failing:failing'`)).map(
      ({ content }) => content,
    );
  await on.runtime.schedule.wake('failing');
  await on.runtime.schedule.wake('failing');
  expect(await open()).toEqual([]);
  await on.runtime.schedule.wake('failing');
  await on.runtime.schedule.wake('failing');
  expect(await open()).toEqual([expect.stringContaining('no such table')]);
  broken = false;
  await on.runtime.schedule.wake('failing');
  expect(await open()).toEqual([]);
});

it('starts jobs and writes events in a transaction of its own', async () => {
  const uuid = '00000000-0000-4000-8000-0000000000aa';
  const on = await server(async ({ transaction }) => {
    await transaction(async ({ jobs, events }) => {
      events.add({ type: 'HOST.CHECK', description: 'looked' });
      await jobs.start(touch, { n: 1 }, { subject: { type: 'Host', id: 1, uuid } });
    });
  }, 'starting');
  await on.runtime.schedule.wake('starting');
  expect(await dataSource.query('SELECT state, command, account_id FROM job WHERE subject_uuid = ?', [uuid])).toEqual([
    { state: 'Succeeded', command: 'starting', account_id: 1 },
  ]);
  expect(await dataSource.query(`SELECT account_id, user_id FROM event WHERE type = 'HOST.CHECK'`)).toEqual([
    { account_id: 1, user_id: 1 },
  ]);
});

it('P12 an idle server asks the database for nothing but its beat', async () => {
  const on = await server(async () => {}, 'idle', { beatMs: 50, leaseMs: 5_000 });
  await on.runtime.schedule.wake('idle');
  const statements = await statementsOf(dataSource, async () => {
    await new Promise((resolve) => setTimeout(resolve, 300));
    await on.runtime.schedule.wake('idle');
  });
  expect(statements.length).toBeGreaterThan(1);
  expect(new Set(statements)).toEqual(new Set(['INSERT INTO management_server']));
});
