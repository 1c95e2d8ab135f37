// What is old is deleted, and nothing else: jobs, events, alerts.
import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { dropDatabase, emptyDatabase, type KernelServer, startKernelServer } from '../../../test/harness/kernel-rig.ts';
import { area } from '../../kernel/area.ts';
import { eventPurgeDays } from '../../kernel/jobs/job-settings.ts';
import { globalScope } from '../../kernel/settings/settings.ts';
import { oldEvents } from '../event/old-events.reconciler.ts';
import { oldJobs } from './old-jobs.reconciler.ts';

let dataSource: DataSource;
let server: KernelServer;
beforeAll(async () => {
  dataSource = await emptyDatabase(inject('databaseUrl'), []);
  server = await startKernelServer({ dataSource, areas: [area({ name: 'old', reconcilers: [oldJobs, oldEvents] })] });
  await server.runtime.schedule.wake('oldJobs');
  await server.runtime.schedule.wake('oldEvents');
});
afterAll(async () => {
  await server.runtime.stop();
  await dropDatabase(dataSource);
});

const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);

async function job(name: string, state: string, days: number): Promise<void> {
  const ended = state === 'Running' || state === 'Stuck' ? null : daysAgo(days);
  const { insertId } = await dataSource.query<{ insertId: number }>(
    `INSERT INTO job (uuid, saga, command, request_id, account_id, domain_id, user_id, owner_account_id, subject_type, subject_id, subject_uuid, state, claim, input, created, completed)
     VALUES (?, ?, 'c', 'r', 1, 1, 1, 1, 'Thing', 1, ?, ?, 1, '{}', ?, ?)`,
    [randomUUID(), name, randomUUID(), state, daysAgo(days), ended],
  );
  await dataSource.query(`INSERT INTO job_step (job_id, seq, step, what, server_id, created) VALUES (?, 0, 's', 'started', 1, ?)`, [
    insertId,
    daysAgo(days),
  ]);
}

it('deletes ended jobs with their logs after job.expire.minutes, but none that may go on', async () => {
  await job('old', 'Succeeded', 3);
  await job('oldFailed', 'Failed', 3);
  await job('fresh', 'Succeeded', 0.5);
  await job('long', 'Running', 3);
  await job('stuck', 'Stuck', 3);
  await server.runtime.schedule.wake('oldJobs');
  const left = await dataSource.query<{ saga: string }[]>('SELECT saga FROM job JOIN job_step ON job_step.job_id = job.id ORDER BY saga');
  expect(left.map(({ saga }) => saga)).toEqual(['fresh', 'long', 'stuck']);
  expect(await dataSource.query('SELECT COUNT(*) AS n FROM job_step')).toEqual([{ n: 3 }]);
});

async function event(type: string, days: number): Promise<void> {
  await dataSource.query(
    `INSERT INTO event (uuid, type, level, state, description, account_id, domain_id, user_id, request_id, created) VALUES (?, ?, 'INFO', 'Completed', 'd', 1, 1, 1, 'r', ?)`,
    [randomUUID(), type, daysAgo(days)],
  );
}

it('deletes events older than event.purge.delay days, in batches; 0 keeps them', async () => {
  for (let n = 0; n < 1_005; n += 1) await event('OLD', 400);
  await event('FRESH', 300);
  await server.request(undefined, (tx) => server.runtime.settings.change(tx, eventPurgeDays, globalScope, 0));
  await server.runtime.schedule.wake('oldEvents');
  expect(await dataSource.query('SELECT COUNT(*) AS n FROM event')).toEqual([{ n: 1_006 }]);
  await server.request(undefined, (tx) => server.runtime.settings.change(tx, eventPurgeDays, globalScope, 365));
  await server.runtime.schedule.wake('oldEvents');
  expect(await dataSource.query('SELECT type FROM event')).toEqual([{ type: 'FRESH' }]);
});

it('keeps alerts whose cause lasts', async () => {
  for (const open of ['still', null]) {
    await dataSource.query(
      `INSERT INTO alert (uuid, type, subject, content, cause, open_cause, created, sent) VALUES (?, 'ALERT.HOST', 's', 'c', 'x', ?, ?, ?)`,
      [randomUUID(), open, daysAgo(500), daysAgo(500)],
    );
  }
  await server.runtime.schedule.wake('oldEvents');
  expect(await dataSource.query('SELECT open_cause FROM alert')).toEqual([{ open_cause: 'still' }]);
});
