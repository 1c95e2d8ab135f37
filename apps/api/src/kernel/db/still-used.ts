// Refuses to delete what others still refer to, and says what those are.
import { listed, problem } from '@strata/domain';
import type { EntityManager } from 'typeorm';

/** Rows that would lose what they refer to. */
export interface Dependents {
  /** Singular and plural as people say it. */
  readonly noun: readonly [string, string];
  /** Table and alias with joins: `host h`. */
  readonly from: string;
  /** SQL expression that names a row. */
  readonly name: string;
  readonly where: string;
  readonly values: readonly unknown[];
}

/** How many dependents are named in the message. */
const named = 3;

/**
 * One statement for all kinds.
 * @param subject as the message begins: `pod p1`
 * @param remedy what to do with them
 * @throws inUse `pod p1 still holds 2 clusters (c1, c2): delete them first`
 */
export async function refuseWhileUsed(tx: EntityManager, subject: string, kinds: readonly Dependents[], remedy = 'delete'): Promise<void> {
  const counts = kinds.map(
    ({ from, name, where }, kind) =>
      `SELECT ${kind} AS kind, COUNT(*) AS total, GROUP_CONCAT(${name} ORDER BY ${name} SEPARATOR ', ' LIMIT ${named}) AS names FROM ${from} WHERE ${where}`,
  );
  const rows = await tx.query<{ kind: number; total: number; names: string | null }[]>(
    counts.join(' UNION ALL '),
    kinds.flatMap(({ values }) => [...values]),
  );
  const used = rows.filter(({ total }) => Number(total) > 0);
  if (used.length === 0) return;
  const list = used.map(({ kind, total, names }) => {
    const [one, many] = kinds[kind]!.noun;
    return `${total} ${Number(total) === 1 ? one : many} (${names}${Number(total) > named ? ', …' : ''})`;
  });
  const all = used.reduce((sum, { total }) => sum + Number(total), 0);
  throw problem('inUse', `${subject} still holds ${listed(list)}: ${remedy} ${all === 1 ? 'it' : 'them'} first`);
}
