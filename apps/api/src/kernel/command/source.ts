// source(): how the rows of a view are read: one statement a page, whose joins see the rows of that page only.
import type { EntityManager } from 'typeorm';

export interface Source<Row> {
  /** Table and alias of the listed noun, for example `zone z`. */
  readonly from: string;
  /** Joins that only add columns: at most one row each. */
  readonly joins: readonly string[];
  /** SQL expression per row key. */
  readonly columns: Readonly<Record<string, string>>;
  /** Adds nested lists to a page of rows, one `IN` query per list. */
  readonly attach?: (rows: Row[], read: EntityManager) => Promise<void>;
  /** Default order; must end in a unique column of the listed table. */
  readonly orderBy: string;
}

type Keys<Row> = { readonly [K in keyof Row]?: string };

/** @param Row keys in `columns` are read by SQL, the others are filled by `attach` */
export function source<Row>(declaration: {
  readonly from: string;
  readonly joins?: readonly string[];
  readonly columns: Keys<Row>;
  readonly attach?: (rows: Row[], read: EntityManager) => Promise<void>;
  readonly orderBy?: string;
}): Source<Row> {
  const alias = aliasOf(declaration.from);
  return { joins: [], orderBy: `${alias}.id`, ...declaration, columns: declaration.columns as Record<string, string> };
}

function aliasOf(from: string): string {
  return from.split(' ').at(-1)!;
}

/**
 * MariaDB refuses to compare a column of ASCII with text that is not (error 1267). Converted, the column answers that it does
 * not hold the text; only then, because no index helps with it.
 */
function comparable(column: string, values: readonly unknown[]): string {
  // eslint-disable-next-line no-control-regex
  return values.some((value) => typeof value === 'string' && /[^\x00-\x7f]/.test(value)) ? `CONVERT(${column} USING utf8mb4)` : column;
}

/** Text for a LIKE pattern in which it stands for itself alone. */
export function likeLiteral(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}

/** Conditions of one read, joined by AND. Values always travel as parameters. */
export class Where {
  private readonly conditions: string[] = [];
  private readonly values: unknown[] = [];
  /** Joins that the conditions need. */
  private readonly joins: string[] = [];

  /** Adds a condition in SQL; `?` stand for the values. */
  and(sql: string, ...values: readonly unknown[]): this {
    this.conditions.push(`(${sql})`);
    this.values.push(...values);
    return this;
  }

  /** Equality; an undefined value adds nothing. */
  equals(column: string, value: string | number | boolean | undefined): this {
    return value === undefined ? this : this.and(`${comparable(column, [value])} = ?`, value);
  }

  /** Membership; an undefined list adds nothing, an empty one matches nothing. */
  in(column: string, values: readonly (string | number)[] | undefined): this {
    if (values === undefined) return this;
    return values.length === 0 ? this.and('FALSE') : this.and(`${comparable(column, values)} IN (?)`, values);
  }

  /** Substring in any of the columns; without text, or columns to look in, it adds nothing. */
  contains(columns: readonly string[], text: string | undefined): this {
    if (!text || columns.length === 0) return this;
    const pattern = `%${likeLiteral(text)}%`;
    return this.and(columns.map((column) => `${comparable(column, [text])} LIKE ?`).join(' OR '), ...columns.map(() => pattern));
  }

  /** A join that later conditions refer to; it must not multiply rows. */
  join(sql: string): this {
    if (!this.joins.includes(sql)) this.joins.push(sql);
    return this;
  }

  sql(): { readonly joins: readonly string[]; readonly where: string; readonly values: unknown[] } {
    return {
      joins: this.joins,
      where: this.conditions.length === 0 ? '' : `WHERE ${this.conditions.join(' AND ')}`,
      values: this.values,
    };
  }
}

export interface Page {
  readonly limit: number;
  readonly offset: number;
}

/** Rows that meet the conditions, in the source's order. */
export async function selectRows<Row>(source: Source<Row>, read: EntityManager, where: Where, page?: Page): Promise<Row[]> {
  const rows = await read.query<Row[]>(pageSql(source, where, page), where.sql().values);
  if (source.attach && rows.length > 0) await source.attach(rows, read);
  return rows;
}

function pageSql<Row>({ from, joins: wide, columns, orderBy }: Source<Row>, where: Where, page: Page | undefined): string {
  const { joins, where: conditions } = where.sql();
  const selected = Object.entries(columns).map(([key, sql]) => `${sql} AS \`${key}\``);
  if (!page || page.offset === 0) {
    // The listed table comes first, whatever the optimiser thinks: joins see a row only until the page is full.
    const limit = page ? `LIMIT ${page.limit}` : '';
    const all = new Set([...joins, ...wide]);
    return `SELECT STRAIGHT_JOIN ${selected.join(', ')} FROM ${from} ${[...all].join(' ')} ${conditions} ORDER BY ${orderBy} ${limit}`;
  }
  // Rows before the page are passed over on the narrow list of ids: the wide joins see the page alone.
  const alias = aliasOf(from);
  const ids = `(SELECT ${alias}.id FROM ${from} ${joins.join(' ')} ${conditions} ORDER BY ${orderBy} LIMIT ${page.limit} OFFSET ${page.offset})`;
  return `SELECT ${selected.join(', ')} FROM ${ids} page JOIN ${from} ON ${alias}.id = page.id ${wide.join(' ')} ORDER BY ${orderBy}`;
}

export async function countRows<Row>(source: Source<Row>, read: EntityManager, where: Where): Promise<number> {
  const { joins, where: conditions, values } = where.sql();
  const rows = await read.query<{ total: number }[]>(
    `SELECT COUNT(*) AS total FROM ${source.from} ${joins.join(' ')} ${conditions}`,
    values,
  );
  return Number(rows[0]?.total ?? 0);
}

/** The row with this internal id. @throws Error when it is gone, which is a defect of the caller */
export async function rowById<Row>(source: Source<Row>, read: EntityManager, id: number): Promise<Row> {
  const row = await findRowById(source, read, id);
  if (!row) throw new Error(`no row ${id} in ${source.from}`);
  return row;
}

async function findRowById<Row>(source: Source<Row>, read: EntityManager, id: number): Promise<Row | undefined> {
  const rows = await selectRows(source, read, new Where().equals(`${aliasOf(source.from)}.id`, id));
  return rows[0];
}
