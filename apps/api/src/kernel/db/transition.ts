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
  const query = tx
    .createQueryBuilder()
    .update(entity)
    .set({ ...extra, state: targetOf(lifecycle, event), version: () => 'version + 1' } as never);
  const result = await query
    .where(where as never)
    .andWhere('state IN (:...from)', { from: lifecycle.from(event) })
    .execute();
  return result.affected ?? 0;
}

/** Rows to move: those of `entity` whose column `by` holds the id of a row that moves as well. */
interface Dependents<State extends string, Event extends string, Row extends StatefulRow<State>> {
  readonly entity: EntityClass<Row>;
  readonly by: keyof Row & string;
  readonly lifecycle: Lifecycle<State, Event>;
  readonly event: Event;
}

/**
 * Moves one row, and with it those of its dependents whose state allows their event: transition of all in one statement.
 * @returns whether the row moved; when its state does not allow `event`, nothing moves
 */
export async function transitionTogether<
  State extends string,
  Event extends string,
  Row extends StatefulRow<State>,
  DependentState extends string,
  DependentEvent extends string,
  Dependent extends StatefulRow<DependentState>,
>(
  tx: EntityManager,
  {
    entity,
    id,
    lifecycle,
    event,
    extra = {},
  }: {
    readonly entity: EntityClass<Row>;
    readonly id: number;
    readonly lifecycle: Lifecycle<State, Event>;
    readonly event: Event;
    readonly extra?: Extra<Row>;
  },
  dependents: Dependents<DependentState, DependentEvent, Dependent>,
): Promise<boolean> {
  const table = tx.connection.getMetadata(entity);
  const others = tx.connection.getMetadata(dependents.entity);
  const columns = Object.entries(extra).map(
    ([property, value]) => [table.findColumnWithPropertyName(property)!.databaseName, value] as const,
  );
  const result = await tx.query<{ affectedRows: number }>(
    `UPDATE ${table.tableName} r LEFT JOIN ${others.tableName} d
       ON d.${others.findColumnWithPropertyName(dependents.by)!.databaseName} = r.id AND d.state IN (?)
     SET r.state = ?, r.version = r.version + 1, ${columns.map(([column]) => `r.${column} = ?, `).join('')}d.state = ?, d.version = d.version + 1
     WHERE r.id = ? AND r.state IN (?)`,
    [
      dependents.lifecycle.from(dependents.event),
      targetOf(lifecycle, event),
      ...columns.map(([, value]) => value),
      targetOf(dependents.lifecycle, dependents.event),
      id,
      lifecycle.from(event),
    ],
  );
  return result.affectedRows > 0;
}

/** The state that an event leads to, from wherever it is possible. */
function targetOf<State extends string, Event extends string>(lifecycle: Lifecycle<State, Event>, event: Event): State {
  const targets = new Set(lifecycle.from(event).map((state) => lifecycle.next(state, event)!));
  if (targets.size !== 1) throw new Error(`${event} leads to different states: move the rows one by one`);
  return [...targets][0]!;
}
