// Jobs end to end on a real database: statement budget, crash at every failpoint, queueing, retries, undo, stuck jobs.
import { randomUUID } from 'node:crypto';
import { problem } from '@strata/domain';
import type { DataSource, EntityManager } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import {
  dropDatabase,
  emptyDatabase,
  type KernelServer,
  type KernelServerOptions,
  startKernelServer,
  statementsOf,
  testCaller,
} from '../../../test/harness/kernel-rig.ts';
import { area, presenter } from '../area.ts';
import { command } from '../command/command.ts';
import { source } from '../command/source.ts';
import { field, view } from '../command/view.ts';
import type { Job } from './job.entity.ts';
import { saga } from './saga.ts';

interface Thing {
  readonly id: number;
  readonly uuid: string;
  readonly state: string;
  readonly place: string | null;
}

/** What stands outside the database: survives the death of a server as hosts do. */
const fleet = new Set<string>();
const calls: string[] = [];
let whenCalled: (call: string) => Promise<void> = async () => {};

async function touch(call: string): Promise<void> {
  calls.push(call);
  await whenCalled(call);
}

const setState = (tx: EntityManager, id: number, state: string) => tx.query('UPDATE thing SET state = ? WHERE id = ?', [state, id]);

const makeThing = saga<{ thingId: number }>('makeThing')
  .rows(
    'making',
    (step) => setState(step.tx, step.input.thingId, 'Making'),
    (step) => setState(step.tx, step.input.thingId, 'Bare'),
  )
  .rows('place', async (step) => ({ name: `place-${step.input.thingId}` }))
  .hosts(
    'disk',
    async (step) => {
      await touch('disk');
      fleet.add(`disk ${step.out.place.name}`);
    },
    async (step) => {
      await touch('no disk');
      fleet.delete(`disk ${step.out.place?.name}`);
    },
  )
  .hosts(
    'machine',
    async (step) => {
      await touch('machine');
      fleet.add(`machine ${step.out.place.name}`);
      return { power: 'on' };
    },
    async (step) => {
      await touch('no machine');
      fleet.delete(`machine ${step.out.place?.name}`);
    },
  )
  .rows('made', (step) =>
    step.tx.query('UPDATE thing SET state = ?, place = ? WHERE id = ?', [
      'Made',
      `${step.out.place.name} ${step.out.machine.power}`,
      step.input.thingId,
    ]),
  );

const pokeThing = saga<{ thingId: number }>('pokeThing').hosts('poke', () => touch('poke'));
const renameThing = saga<{ thingId: number }>('renameThing').rows('rename', (step) => setState(step.tx, step.input.thingId, 'Renamed'));
const removeThing = saga<{ thingId: number }>('removeThing')
  .hosts('gone', () => touch('gone'))
  .rows('row', async (step) => {
    await step.keepResult('snapshot');
    await step.tx.query('DELETE FROM thing WHERE id = ?', [step.input.thingId]);
  });

const thingView = view<Thing>('thing', { id: field.string('id', (row) => row.uuid), state: field.string('state', (row) => row.state) });
const thingSource = source<Thing>({ from: 'thing t', columns: { id: 't.id', uuid: 't.uuid', state: 't.state', place: 't.place' } });

const commandOf = (name: string, event: string) =>
  command({
    name,
    about: 'For this test.',
    roles: ['Admin'],
    since: '1.0',
    async: true,
    event,
    params: {},
    returns: thingView,
    execute: () => Promise.reject(new Error('not called')),
  });
const make = commandOf('makeThing', 'THING.MAKE');

const things = area({
  name: 'things',
  commands: [make],
  sagas: [makeThing, pokeThing, renameThing, removeThing],
  presenters: [presenter('Thing', thingView, thingSource)],
});

let dataSource: DataSource;
const servers: KernelServer[] = [];

beforeAll(async () => {
  dataSource = await emptyDatabase(inject('databaseUrl'), [
    'CREATE TABLE thing (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, uuid char(36) NOT NULL, state varchar(20) NOT NULL, place varchar(80) NULL)',
  ]);
});

afterAll(async () => {
  await Promise.all(servers.map(({ runtime }) => runtime.stop()));
  await dropDatabase(dataSource);
});

beforeEach(() => {
  fleet.clear();
  calls.length = 0;
  whenCalled = async () => {};
});

async function server(options: Partial<KernelServerOptions> = {}): Promise<KernelServer> {
  const started = await startKernelServer({ dataSource, areas: [things], ...options });
  servers.push(started);
  return started;
}

async function newThing(): Promise<{ type: string; id: number; uuid: string }> {
  const uuid = randomUUID();
  const { insertId } = await dataSource.query<{ insertId: number }>(`INSERT INTO thing (uuid, state) VALUES (?, 'Bare')`, [uuid]);
  return { type: 'Thing', id: insertId, uuid };
}

const thingRow = async (id: number): Promise<Thing | undefined> =>
  (await dataSource.query<Thing[]>('SELECT * FROM thing WHERE id = ?', [id]))[0];
const jobRow = async (uuid: string) =>
  (
    await dataSource.query<(Job & { error_kind: string; error_text: string; held_subject: string | null })[]>(
      'SELECT * FROM job WHERE uuid = ?',
      [uuid],
    )
  )[0]!;

const startOn = (on: KernelServer, declared: typeof makeThing | typeof pokeThing, subject: { type: string; id: number; uuid: string }) =>
  on.request(make, (_tx, { jobs }) => jobs.start(declared as typeof pokeThing, { thingId: subject.id }, { subject }));

async function ended(on: KernelServer, uuid: string, timeoutMs = 10_000) {
  const outcome = await on.runtime.awaiter.whenDone(uuid, timeoutMs);
  expect(outcome.state, `job ${uuid} has not ended`).not.toBe('pending');
  return outcome;
}

describe('a job', () => {
  it('P3c spends one insert between hosts steps and one transaction at the end', async () => {
    const quiet = await server({ beatMs: 3_600_000, leaseMs: 600_000 });
    const subject = await newThing();
    let uuid = '';
    const statements = await statementsOf(dataSource, async () => {
      const started = await quiet.request(make, (_tx, { jobs }) =>
        jobs.start(makeThing, { thingId: subject.id }, { subject, fresh: true }),
      );
      uuid = started.uuid;
      await quiet.runtime.worker.ended(uuid);
    });
    expect(statements).toEqual([
      'START TRANSACTION',
      'INSERT INTO job',
      'UPDATE thing SET',
      'INSERT INTO job_step',
      'INSERT INTO event',
      'COMMIT',
      'INSERT INTO job_step',
      'START TRANSACTION',
      'UPDATE thing SET',
      'INSERT INTO job_step',
      'INSERT INTO event',
      'UPDATE job SET',
      'COMMIT',
    ]);
    expect(await thingRow(subject.id)).toMatchObject({ state: 'Made', place: `place-${subject.id} on` });
    expect((await jobRow(uuid)).state).toBe('Succeeded');
    const events = await dataSource.query<{ state: string; start_id: string; user_id: number }[]>(
      'SELECT state, start_id, user_id FROM event WHERE subject_uuid = ? ORDER BY id',
      [subject.uuid],
    );
    expect(events.map(({ state }) => state)).toEqual(['Scheduled', 'Started', 'Completed']);
    expect(new Set(events.map(({ start_id }) => start_id)).size).toBe(1);
    await quiet.runtime.stop();
  });

  it('of rows steps only ends with the request and leaves nothing when that fails', async () => {
    const on = await server();
    const subject = await newThing();
    const { uuid } = await startOn(on, renameThing as never, subject);
    expect((await jobRow(uuid)).state).toBe('Succeeded');
    expect((await thingRow(subject.id))?.state).toBe('Renamed');
    const other = await newThing();
    await expect(
      on.request(make, async (_tx, { jobs }) => {
        await jobs.start(renameThing, { thingId: other.id }, { subject: other });
        throw problem('conflict', 'no');
      }),
    ).rejects.toThrow('no');
    expect((await thingRow(other.id))?.state).toBe('Bare');
    expect(await dataSource.query('SELECT id FROM job WHERE subject_uuid = ?', [other.uuid])).toEqual([]);
    await on.runtime.stop();
  });

  it('answers with its subject as the asker sees it, or with what it kept of a removed one', async () => {
    const on = await server();
    const subject = await newThing();
    const made = await ended(on, (await startOn(on, makeThing, subject)).uuid);
    expect(made.state === 'succeeded' && (await made.render(testCaller))).toEqual({ id: subject.uuid, state: 'Made' });
    const removed = await ended(on, (await startOn(on, removeThing as never, subject)).uuid);
    expect(await thingRow(subject.id)).toBeUndefined();
    expect(removed.state === 'succeeded' && (await removed.render(testCaller))).toEqual({ id: subject.uuid, state: 'Made' });
    await on.runtime.stop();
  });

  it('undoes what began, newest first, when a host refuses', async () => {
    const on = await server();
    const subject = await newThing();
    whenCalled = async (call) => {
      if (call === 'machine') throw Object.assign(new Error('image is not safe'), { kind: 'refused' });
    };
    const outcome = await ended(on, (await startOn(on, makeThing, subject)).uuid);
    expect(outcome).toMatchObject({ state: 'failed', problem: { kind: 'unavailable', message: 'image is not safe' } });
    expect(calls).toEqual(['disk', 'machine', 'no machine', 'no disk']);
    expect([...fleet]).toEqual([]);
    expect((await thingRow(subject.id))?.state).toBe('Bare');
    const [last] = await dataSource.query<{ level: string }[]>('SELECT level FROM event WHERE subject_uuid = ? ORDER BY id DESC LIMIT 1', [
      subject.uuid,
    ]);
    expect(last?.level).toBe('ERROR');
    await on.runtime.stop();
  });

  it('tries a step again while its host is unreachable or busy, and only then', async () => {
    const on = await server();
    const subject = await newThing();
    let failures = 3;
    whenCalled = async (call) => {
      if (call === 'disk' && failures-- > 0)
        throw new Error('while making the disk', {
          cause: Object.assign(new Error('no answer'), { kind: failures % 2 ? 'busy' : 'unreachable' }),
        });
    };
    expect(await ended(on, (await startOn(on, makeThing, subject)).uuid)).toMatchObject({ state: 'succeeded' });
    expect(calls.filter((call) => call === 'disk')).toHaveLength(4);
    await on.runtime.stop();
  });

  it('holds up no server that stops: who waits for it is told to ask later', async () => {
    const on = await server();
    const step = Promise.withResolvers<void>();
    whenCalled = () => step.promise;
    const { uuid } = await startOn(on, makeThing, await newThing());
    const waiting = expect(on.runtime.awaiter.whenDone(uuid, 60_000)).rejects.toMatchObject({
      kind: 'shuttingDown',
      message: expect.stringContaining(uuid) as string,
    });
    on.runtime.awaiter.stop();
    await waiting;
    step.resolve();
    await on.runtime.worker.ended(uuid);
    expect((await jobRow(uuid)).state).toBe('Succeeded');
    await on.runtime.stop();
  });
});

describe('jobs on one subject', () => {
  it('run one at a time, in order', async () => {
    const on = await server();
    const subject = await newThing();
    let running = 0;
    let most = 0;
    whenCalled = async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 20));
      running -= 1;
    };
    const uuids: string[] = [];
    for (let i = 0; i < 4; i += 1) uuids.push((await startOn(on, pokeThing, subject)).uuid);
    expect((await jobRow(uuids[3]!)).state).toBe('Queued');
    for (const uuid of uuids) await ended(on, uuid);
    expect(most).toBe(1);
    const order = await dataSource.query<{ uuid: string }[]>('SELECT uuid FROM job WHERE subject_uuid = ? ORDER BY completed, id', [
      subject.uuid,
    ]);
    expect(order.map(({ uuid }) => uuid)).toEqual(uuids);
    await on.runtime.stop();
  });

  it('F28 started by two servers at once: one runs, the others wait', async () => {
    const [one, two] = [await server(), await server()];
    const subject = await newThing();
    let running = 0;
    let most = 0;
    whenCalled = async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 15));
      running -= 1;
    };
    const started = await Promise.all([one, two, one, two, one, two].map((on) => startOn(on, pokeThing, subject)));
    for (const { uuid } of started) expect(await ended(one, uuid)).toMatchObject({ state: 'succeeded' });
    expect(most).toBe(1);
    expect(calls).toHaveLength(6);
    await Promise.all([one.runtime.stop(), two.runtime.stop()]);
  });
});

describe('a server that dies', () => {
  const steps = ['making', 'place', 'disk', 'machine', 'made'];
  const points = steps.flatMap((step) => ['before', 'effect', 'log'].map((place) => `makeThing:${step}:${place}`));

  it.each(points)('F01 at %s: the next start goes on; all or nothing', async (failpoint) => {
    const uuid = randomUUID();
    const dying = await server({ uuid, failpoint, leaseMs: 60_000, beatMs: 3_600_000 });
    const subject = await newThing();
    const accepted = await startOn(dying, makeThing, subject).then(
      ({ uuid: jobUuid }) => jobUuid,
      () => undefined,
    );
    for (let i = 0; i < 200 && !dying.isDead(); i += 1) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(dying.isDead()).toBe(true);
    const next = await server({ uuid });
    const [stored] = await dataSource.query<{ uuid: string }[]>('SELECT uuid FROM job WHERE subject_uuid = ?', [subject.uuid]);
    if (!stored) {
      expect(accepted).toBeUndefined();
      expect((await thingRow(subject.id))?.state).toBe('Bare');
      expect([...fleet]).toEqual([]);
    } else {
      expect(await ended(next, stored.uuid)).toMatchObject({ state: 'succeeded' });
      expect((await thingRow(subject.id))?.state).toBe('Made');
      expect([...fleet].sort()).toEqual([`disk place-${subject.id}`, `machine place-${subject.id}`]);
    }
    await next.runtime.stop();
  });

  it.each(
    ['machine', 'disk', 'making'].flatMap((step) =>
      ['undo-before', 'undo-effect', 'undo-log'].map((place) => `makeThing:${step}:${place}`),
    ),
  )('F01 while undoing, at %s: the next start undoes the rest', async (failpoint) => {
    const uuid = randomUUID();
    const dying = await server({ uuid, failpoint: `makeThing:machine:error,${failpoint}`, leaseMs: 60_000, beatMs: 3_600_000 });
    const subject = await newThing();
    const { uuid: jobUuid } = await startOn(dying, makeThing, subject);
    for (let i = 0; i < 200 && !dying.isDead(); i += 1) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(dying.isDead()).toBe(true);
    const next = await server({ uuid });
    expect(await ended(next, jobUuid)).toMatchObject({ state: 'failed' });
    expect((await thingRow(subject.id))?.state).toBe('Bare');
    expect([...fleet]).toEqual([]);
    await next.runtime.stop();
  });

  it('M02 leaves its job to a peer within lease and beat', async () => {
    const peer = await server({ leaseMs: 1_000, beatMs: 100 });
    const dying = await server({ failpoint: 'makeThing:disk:effect', leaseMs: 600, beatMs: 3_600_000 });
    const subject = await newThing();
    const { uuid } = await startOn(dying, makeThing, subject);
    expect(await ended(peer, uuid, 5_000)).toMatchObject({ state: 'succeeded' });
    expect(calls).toEqual(['disk', 'disk', 'machine']);
    await peer.runtime.stop();
  });

  it('M03 stops acting before its lease can be taken; its late writes are refused', async () => {
    const slow = await server({ leaseMs: 400, beatMs: 3_600_000 });
    const subject = await newThing();
    let release = () => {};
    whenCalled = (call) => (call === 'disk' && calls.length === 1 ? new Promise((resolve) => (release = resolve)) : Promise.resolve());
    const { uuid } = await startOn(slow, makeThing, subject);
    const here = slow.runtime.worker.ended(uuid);
    const peer = await server({ leaseMs: 1_000, beatMs: 100 });
    expect(await ended(peer, uuid, 5_000)).toMatchObject({ state: 'succeeded' });
    expect(slow.runtime.lease.isHeld()).toBe(false);
    const entries = await dataSource.query<{ n: number }[]>('SELECT COUNT(*) AS n FROM job_step');
    release();
    expect(await here).toBeUndefined();
    expect(await dataSource.query('SELECT COUNT(*) AS n FROM job_step')).toEqual(entries);
    expect(calls).toEqual(['disk', 'disk', 'machine']);
    await peer.runtime.stop();
  });
});

describe('a claim that was taken away', () => {
  it.each(['disk', 'machine'])('M03 during %s: nothing more is written, rows steps at the end are rolled back', async (during) => {
    const old = await server({ leaseMs: 600_000, beatMs: 3_600_000 });
    const subject = await newThing();
    let logBefore: unknown;
    const log = () =>
      dataSource.query<unknown[]>('SELECT job_id, seq, what FROM job_step JOIN job ON job.id = job_id WHERE subject_uuid = ?', [
        subject.uuid,
      ]);
    whenCalled = async (call) => {
      if (call !== during) return;
      await dataSource.query('UPDATE job SET claim = claim + 1 WHERE subject_uuid = ?', [subject.uuid]);
      logBefore = await log();
    };
    const { uuid } = await startOn(old, makeThing, subject);
    expect(await old.runtime.worker.ended(uuid)).toBeUndefined();
    expect(await log()).toEqual(logBefore);
    expect((await thingRow(subject.id))?.state).toBe('Making');
    expect((await jobRow(uuid)).state).toBe('Running');
    expect(await dataSource.query(`SELECT id FROM event WHERE subject_uuid = ? AND state = 'Completed'`, [subject.uuid])).toEqual([]);
    whenCalled = async () => {};
    await old.runtime.lease.beat();
    expect(await ended(old, uuid)).toMatchObject({ state: 'succeeded' });
    await old.runtime.stop();
  });
});

describe('an undo that fails', () => {
  it('F08 leaves the job stuck with an alert, keeps the subject, and ends after a resume', async () => {
    const on = await server({ failpoint: 'makeThing:machine:error,makeThing:disk:undo-error' });
    const subject = await newThing();
    const { uuid } = await startOn(on, makeThing, subject);
    expect(await ended(on, uuid)).toMatchObject({ state: 'failed' });
    expect(await jobRow(uuid)).toMatchObject({ state: 'Stuck', held_subject: `Thing:${subject.uuid}` });
    const alerts = () => dataSource.query<unknown[]>('SELECT id FROM alert WHERE open_cause = ?', [`job.stuck:${uuid}`]);
    expect(await alerts()).toHaveLength(1);
    await expect(startOn(on, pokeThing, subject)).rejects.toMatchObject({ kind: 'conflict' });
    on.failpoints.set('');
    await on.request(undefined, async (_tx, { jobs }) => jobs.resume((await jobRow(uuid)).id));
    expect(await ended(on, uuid)).toMatchObject({ state: 'failed' });
    expect(await jobRow(uuid)).toMatchObject({ state: 'Failed', held_subject: null });
    expect(await alerts()).toHaveLength(0);
    expect([...fleet]).toEqual([]);
    await on.runtime.stop();
  });
});
