// checkSaga() passes a sound saga and catches each kind of unsound one.
import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { checkSaga, type SagaRig } from '../../../test/harness/check-saga.ts';
import { dropDatabase, emptyDatabase, startKernelServer } from '../../../test/harness/kernel-rig.ts';
import { area } from '../area.ts';
import { saga } from './saga.ts';

let dataSource: DataSource;
beforeAll(async () => {
  dataSource = await emptyDatabase(inject('databaseUrl'), [
    'CREATE TABLE box (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, items int NOT NULL)',
  ]);
});
afterAll(() => dropDatabase(dataSource));

const fleet: string[] = [];
type Input = { boxId: number };

const sound = saga<Input>('sound')
  .rows(
    'item',
    (step) => step.tx.query('UPDATE box SET items = 1 WHERE id = ?', [step.input.boxId]),
    (step) => step.tx.query('UPDATE box SET items = 0 WHERE id = ?', [step.input.boxId]),
  )
  .hosts(
    'machine',
    async () => void (fleet.includes('machine') || fleet.push('machine')),
    async () => void (fleet.length = 0),
  );
const notRepeatable = saga<Input>('notRepeatable').hosts(
  'machine',
  async () => void fleet.push('machine'),
  async () => void (fleet.length = 0),
);
const withoutUndo = saga<Input>('withoutUndo').hosts('machine', async () => void ((fleet.length = 0), fleet.push('machine')));
const badUndo = saga<Input>('badUndo')
  .hosts(
    'first',
    async () => void ((fleet.length = 0), fleet.push('first')),
    async () => void fleet.pop(),
  )
  .hosts('second', async () => {});

async function makeRig(declared: typeof sound): Promise<SagaRig> {
  fleet.length = 0;
  if (declared.name === 'badUndo') fleet.push('of somebody else');
  const { insertId } = await dataSource.query<{ insertId: number }>('INSERT INTO box (items) VALUES (0)');
  const server = await startKernelServer({ dataSource, areas: [area({ name: 'boxes', sagas: [declared] })] });
  return {
    failpoints: server.failpoints,
    start: async () => {
      const subject = { type: 'Box', id: insertId, uuid: randomUUID() };
      return (await server.request(undefined, (_tx, { jobs }) => jobs.start(declared, { boxId: insertId }, { subject }))).uuid;
    },
    end: async (uuid) => (await server.runtime.awaiter.whenDone(uuid, 5_000)).state,
    fingerprint: async () => JSON.stringify({ box: await dataSource.query('SELECT items FROM box WHERE id = ?', [insertId]), fleet }),
    close: () => server.runtime.stop(),
  };
}

describe('checkSaga', () => {
  it('F09 passes a saga that can be repeated, failed and undone at every step', async () => {
    await checkSaga(sound, () => makeRig(sound));
  });

  it.each([
    ['a step that does its work twice', notRepeatable, /runs twice: it ended otherwise/],
    ['a step without an undo', withoutUndo, /left a trace/],
    ['an undo that takes away too much', badUndo, /left a trace/],
  ])('catches %s', async (_title, declared, message) => {
    await expect(checkSaga(declared as typeof sound, () => makeRig(declared as typeof sound))).rejects.toThrow(message);
  });
});
