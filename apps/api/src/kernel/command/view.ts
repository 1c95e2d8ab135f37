// view(): the response object of a noun. With params the only place where wire spelling appears.
import type { Json } from '../json.ts';
import type { Caller, Role } from './caller.ts';

export type WireType =
  | 'string'
  | 'uuid'
  | 'integer'
  | 'long'
  | 'short'
  | 'float'
  | 'double'
  | 'boolean'
  | 'date'
  | 'list'
  | 'map'
  | 'object';

/** What MariaDB gives for a boolean column in raw rows. */
export type Flag = boolean | 0 | 1;

export interface FieldOptions {
  /** Roles that see the field; everyone when absent. */
  readonly roles?: readonly Role[];
}

export interface Field<Row> extends FieldOptions {
  readonly type: WireType;
  readonly about: string;
  readonly of?: View<never>;
  /** The wire value; null and undefined are left out of the answer. */
  readonly write: (row: Row, caller: Caller) => Json | undefined;
}

export interface View<Row> {
  /** Item key in answers, lower case: `virtualmachine`. */
  readonly name: string;
  readonly fields: Readonly<Record<string, Field<Row>>>;
  /** The row as wire data for this caller. */
  render(row: Row, caller: Caller): Record<string, Json>;
}

export function view<Row>(name: string, fields: Record<string, Field<Row>>): View<Row> {
  const entries = Object.entries(fields);
  return {
    name,
    fields,
    render(row, caller) {
      const object: Record<string, Json> = {};
      for (const [key, field] of entries) {
        if (field.roles && !field.roles.includes(caller.role)) continue;
        const value = field.write(row, caller);
        if (value !== null && value !== undefined) object[key] = value;
      }
      return object;
    },
  };
}

type Get<Row, T> = (row: Row) => T | null | undefined;

/** `yyyy-MM-dd'T'HH:mm:ss+0000`: contract/protocol section 2. */
function wireDate(date: Date): string {
  return `${date.toISOString().slice(0, 19)}+0000`;
}

function plain<T extends Json>(type: WireType) {
  return <Row>(about: string, get: Get<Row, T>, options: FieldOptions = {}): Field<Row> => ({ type, about, ...options, write: get });
}

/** The vocabulary of view fields. */
export const field = {
  string: plain<string>('string'),
  integer: plain<number>('integer'),
  long: plain<number>('long'),
  double: plain<number>('double'),
  boolean: <Row>(about: string, get: Get<Row, Flag>, options: FieldOptions = {}): Field<Row> => ({
    type: 'boolean',
    about,
    ...options,
    write: (row) => {
      const value = get(row);
      return value === null || value === undefined ? undefined : Boolean(value);
    },
  }),
  date: <Row>(about: string, get: Get<Row, Date>, options: FieldOptions = {}): Field<Row> => ({
    type: 'date',
    about,
    ...options,
    write: (row) => {
      const value = get(row);
      return value ? wireDate(new Date(value)) : undefined;
    },
  }),
  /** A list of plain values, or of nested objects when `of` is given. */
  strings: plain<readonly string[]>('list'),
  map: plain<Readonly<Record<string, string>>>('map'),
  list: <Row, Item>(about: string, of: View<Item>, get: Get<Row, readonly Item[]>, options: FieldOptions = {}): Field<Row> => ({
    type: 'list',
    about,
    of: of as View<never>,
    ...options,
    write: (row, caller) => get(row)?.map((item) => of.render(item, caller)),
  }),
  object: <Row, Item>(about: string, of: View<Item>, get: Get<Row, Item>, options: FieldOptions = {}): Field<Row> => ({
    type: 'object',
    about,
    of: of as View<never>,
    ...options,
    write: (row, caller) => {
      const item = get(row);
      return item ? of.render(item, caller) : undefined;
    },
  }),
} as const;
