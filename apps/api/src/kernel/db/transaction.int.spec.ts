// Repeated transactions: many that lose at the same moment all come to their end.
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { dropDatabase, emptyDatabase } from '../../../test/harness/kernel-rig.ts';
import { area } from '../area.ts';
import { systemClock } from '../clock.ts';
import type { Caller } from '../command/caller.ts';
import { command, type SessionControl, success } from '../command/command.ts';
import { Executor } from '../command/executor.ts';
import { param } from '../command/param.ts';
import { RawParams } from '../command/raw-params.ts';
import { Registry } from '../command/registry.ts';
import { resource, sharedByAll } from '../command/resource.ts';
import { Event } from '../events/event.entity.ts';
import { createLog } from '../log/log.ts';
import { createDataSource } from './data-source.ts';
import { inTransaction } from './transaction.ts';

const eventUuid = '00000000-0000-4000-8000-000000000001';
let owner: DataSource;
/** With fewer connections than there are requests. */
let dataSource: DataSource;
beforeAll(async () => {
  owner = await emptyDatabase(inject('databaseUrl'), [
    'CREATE TABLE counter (id INT PRIMARY KEY, value INT NOT NULL)',
    'INSERT INTO counter VALUES (1, 0), (2, 0)',
    `INSERT INTO event (uuid, type, state, level, description, account_id, domain_id, user_id, request_id, created, archived) VALUES ('${eventUuid}', 'X', 'Completed', 'INFO', 'x', 1, 1, 1, '', NOW(), FALSE)`,
  ]);
  dataSource = await createDataSource({ url: (owner.options as { url: string }).url, entities: [Event], poolSize: 2 }).initialize();
});
afterAll(async () => {
  await dataSource.destroy();
  await dropDatabase(owner);
});

it('requests that all deadlock hold no connection while they read their arguments again', async () => {
  let runs = 0;
  const touch = command({
    name: 'touchEvent',
    about: 'Counts, after it was the victim of a deadlock once.',
    roles: ['Admin'],
    since: '1.0',
    event: 'EVENT.TOUCH',
    params: { id: param.ref(Event, { required: true, access: 'use', about: 'the event' }) },
    returns: success,
    async execute({ id }, { tx }) {
      runs += 1;
      const mine = runs;
      await tx.query('UPDATE counter SET value = value + 1 WHERE id = 2');
      if (mine > 8) return;
      await tx.query("SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213, MESSAGE_TEXT = 'a deadlock'", [id.id]);
    },
  });
  const registry = new Registry([
    area({ name: 'test', commands: [touch], resources: [resource(Event, { noun: 'event', type: 'Event', may: sharedByAll })] }),
  ]);
  const tools = { events: { add() {} }, jobs: {} as never, flush: () => Promise.resolve(), committed() {} };
  const executor = new Executor({
    dataSource,
    registry,
    transactions: { open: () => tools },
    awaiter: {} as never,
    settings: {} as never,
    secrets: {} as never,
    clock: systemClock,
    log: createLog('silent'),
    services: {} as never,
  });
  const caller = { role: 'Admin', username: 'x' } as Caller;
  const request = () =>
    executor.run(
      'touchEvent',
      RawParams.parse(`id=${eventUuid}`),
      caller,
      { requestId: 'r', remoteAddress: 'x', isLoopback: true },
      {} as SessionControl,
    );
  const replies = await Promise.all(Array.from({ length: 8 }, request));
  expect(replies).toHaveLength(8);
  expect(await owner.query('SELECT value FROM counter WHERE id = 2')).toEqual([{ value: 8 }]);
});

it('a real deadlock is repeated until both are through', async () => {
  const both = [
    [1, 2],
    [2, 1],
  ].map((order) =>
    inTransaction(owner, async (tx) => {
      for (const id of order) {
        await tx.query('UPDATE counter SET value = value + 100 WHERE id = ?', [id]);
        await tx.query('DO SLEEP(0.05)');
      }
    }),
  );
  await Promise.all(both);
  expect(await owner.query('SELECT id, value FROM counter')).toEqual([
    { id: 1, value: 200 },
    { id: 2, value: 208 },
  ]);
});

it('other errors are not repeated', async () => {
  let runs = 0;
  const work = () => {
    runs += 1;
    return Promise.reject(new Error('mine'));
  };
  await expect(inTransaction(owner, work)).rejects.toThrow('mine');
  expect(runs).toBe(1);
});
