// transition(): the only way a row changes its state.
import type { EntityManager } from 'typeorm';
import { type Lifecycle, problem } from '@strata/domain';
import type { EntityClass } from '../command/resource.ts';

export interface StatefulRow<State extends string> {
  id: number;
  uuid: string;
  state: State;
  version: number;
}

type Extra<Row> = { readonly [K in keyof Row as K extends 'id' | 'uuid' | 'state' | 'version' ? never : K]?: Row[K] };

/**
 * Moves a row along its lifecycle with one guarded UPDATE on id, state and version, and brings `row` up to date.
 * @param extra columns that change together with the state
 * @throws conflict when the table has no such transition or someone else changed the row first
 */
export async function transition<State extends string, Event extends string, Row extends StatefulRow<State>>(
  tx: EntityManager,
  entity: EntityClass<Row>,
  row: Row,
  lifecycle: Lifecycle<State, Event>,
  event: Event,
  extra: Extra<Row> = {},
): Promise<void> {
  lifecycle.assertCan(row.state, event, { name: nameOf(row) });
  const state = lifecycle.next(row.state, event)!;
  const result = await tx
    .createQueryBuilder()
    .update(entity)
    .set({ ...extra, state, version: () => 'version + 1' } as never)
    .where('id = :id AND state = :from AND version = :version', { id: row.id, from: row.state, version: row.version })
    .execute();
  if (result.affected !== 1) {
    throw problem('conflict', `${row.uuid} was changed by someone else at the same moment: read it again and repeat`);
  }
  Object.assign(row, extra, { state, version: row.version + 1 });
}

function nameOf(row: object): string | undefined {
  return 'name' in row && typeof row.name === 'string' ? row.name : undefined;
}

/**
 * Moves every row that meets `where` and whose state allows `event`, in one statement; others are left alone.
 * @returns how many rows moved
 */
export async function transitionAll<State extends string, Event extends string, Row extends StatefulRow<State>>(
  tx: EntityManager,
  entity: EntityClass<Row>,
  where: { readonly [K in keyof Row]?: Row[K] },
  lifecycle: Lifecycle<State, Event>,
  event: Event,
  extra: Extra<Row> = {},
): Promise<number> {
  const from = lifecycle.from(event);
  const targets = new Set(from.map((state) => lifecycle.next(state, event)!));
  if (targets.size !== 1) throw new Error(`${event} leads to different states: move the rows one by one`);
  const query = tx
    .createQueryBuilder()
    .update(entity)
    .set({ ...extra, state: [...targets][0], version: () => 'version + 1' } as never);
  const result = await query
    .where(where as never)
    .andWhere('state IN (:...from)', { from })
    .execute();
  return result.affected ?? 0;
}
