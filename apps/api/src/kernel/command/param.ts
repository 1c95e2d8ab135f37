// param.*: the closed vocabulary of command parameters. Each says how its wire text becomes a typed value.
import { problem } from '@strata/domain';
import type { Role } from './caller.ts';
import type { RawParams } from './raw-params.ts';
import type { Access, EntityClass, ResourceRow } from './resource.ts';
import type { WireType } from './view.ts';

export interface ParamOptions {
  readonly about: string;
  readonly required?: boolean;
  /** Roles that may send it; what others send is ignored as if the command did not know it. */
  readonly roles?: readonly Role[];
  /** Never logged. */
  readonly secret?: boolean;
  readonly since?: string;
}

export interface Param<T = unknown> extends ParamOptions {
  readonly type: WireType;
  /** Longest text taken; 255 where not said. */
  readonly maxLength: number;
  /** Of text that has one: `pem` is RFC 7468's. */
  readonly form?: 'pem';
  /** The only values taken, in any letter case. */
  readonly values?: readonly string[];
  /** Row classes looked up by id: resolve.ts replaces decoded ids by rows. */
  readonly ref?: { readonly entity: EntityClass; readonly access: Access; readonly many: boolean; readonly allowNone: boolean };
  /** Decodes what was sent under `name` (lower case); undefined when nothing was. */
  decode(raw: RawParams, name: string): T | undefined;
}

export type Params = Readonly<Record<string, Param>>;

/** What `execute` receives: required parameters always there, others optional. */
export type ArgsOf<P extends Params> = {
  readonly [K in keyof P as P[K] extends { required: true } ? K : never]: P[K] extends Param<infer T> ? T : never;
} & {
  readonly [K in keyof P as P[K] extends { required: true } ? never : K]?: P[K] extends Param<infer T> ? T | undefined : never;
};

type Declared<T, O extends ParamOptions> = Param<T> & (O extends { required: true } ? { readonly required: true } : unknown);

function invalid(name: string, value: string, expected: string) {
  return problem('invalid', `parameter ${name} has the value "${shorten(value)}": ${expected}`);
}

function shorten(value: string): string {
  return value.length > 80 ? `${value.slice(0, 80)}…` : value;
}

function scalar<T>(type: WireType, decodeText: (text: string, name: string) => T | undefined, maxLength = 255) {
  return <const O extends ParamOptions & { maxLength?: number }>(options: O): Declared<T, O> =>
    ({
      type,
      maxLength,
      ...options,
      decode(raw: RawParams, name: string) {
        const text = raw.text(name, options.maxLength ?? maxLength);
        return text === undefined ? undefined : decodeText(text, name);
      },
    }) as unknown as Declared<T, O>;
}

function decodeInteger(text: string, name: string): number | undefined {
  if (text.trim() === '') return undefined;
  if (!/^-?\d{1,15}$/.test(text.trim())) throw invalid(name, text, 'a whole number is expected');
  return Number(text);
}

function decodeNumber(text: string, name: string): number | undefined {
  if (text.trim() === '') return undefined;
  if (!/^-?\d{1,15}(\.\d{1,9})?$/.test(text.trim())) throw invalid(name, text, 'a number is expected');
  return Number(text);
}

function decodeBoolean(text: string, name: string): boolean | undefined {
  const word = text.trim().toLowerCase();
  if (word === '') return undefined;
  if (word !== 'true' && word !== 'false') throw invalid(name, text, 'true or false is expected');
  return word === 'true';
}

const datePattern = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}:\d{2})(Z|[+-]\d{2}:?\d{2})?)?$/;

function decodeDate(text: string, name: string): Date | undefined {
  if (text.trim() === '') return undefined;
  const match = datePattern.exec(text.trim());
  const zone = (match?.[3] ?? 'Z').replace(/^([+-]\d{2})(\d{2})$/, '$1:$2');
  // A day without time is its start, except for end dates, which mean the whole day (contract/protocol section 1).
  const date = match && new Date(`${match[1]}T${match[2] ?? (name === 'enddate' ? '23:59:59' : '00:00:00')}${zone}`);
  if (!date || Number.isNaN(date.getTime()) || !isDay(match[1]!))
    throw invalid(name, text, 'a date like 2026-01-31, 2026-01-31 10:00:00 or 2026-01-31T10:00:00+0000 is expected');
  return date;
}

/** Date takes the 30th of February for the 1st or 2nd of March. */
function isDay(text: string): boolean {
  return new Date(`${text}T00:00:00Z`).toISOString().startsWith(text);
}

function splitList(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/** A uuid, `-1` in historical special cases, or the small internal number that clients of the 3.0 era send. */
const idPattern = /^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|-1|\d{1,10})$/i;

/** The text that clients recognise as "this object is gone" (contract/protocol section 2). */
export function noSuchEntity(name: string, value: string) {
  return problem(
    'invalid',
    `Invalid parameter ${name} value=${shorten(value)} due to incorrect long value format, or entity does not exist`,
  );
}

function oneLine<const O extends ParamOptions & { maxLength?: number }>(options: O): Declared<string, O> {
  const maxLength = options.maxLength ?? 255;
  return {
    type: 'string',
    maxLength,
    ...options,
    decode: (raw: RawParams, name: string) => raw.line(name, maxLength) || undefined,
  } as unknown as Declared<string, O>;
}

const pemText = /^\s*-----BEGIN [A-Z0-9 ]+-----[\s\S]+-----END [A-Z0-9 ]+-----\s*$/;

function pem<const O extends ParamOptions & { maxLength: number }>(options: O): Declared<string, O> {
  return {
    type: 'string',
    form: 'pem',
    ...options,
    decode(raw: RawParams, name: string) {
      const text = raw.lines(name, options.maxLength);
      if (!text) return undefined;
      // Not quoted: it may be a key.
      if (!pemText.test(text))
        throw problem('invalid', `parameter ${name} is not in PEM form, which begins with -----BEGIN and has line ends`);
      return text;
    },
  } as unknown as Declared<string, O>;
}

interface RefOptions extends ParamOptions {
  readonly access: Access;
  /** `-1` means none and leaves the argument undefined. */
  readonly allowNone?: boolean;
}

function reference<Row extends ResourceRow, const O extends RefOptions>(entity: EntityClass<Row>, options: O): Declared<Row, O> {
  const { access, allowNone = false, ...rest } = options;
  return {
    type: 'uuid',
    maxLength: 255,
    ...rest,
    ref: { entity, access, many: false, allowNone },
    decode(raw: RawParams, name: string) {
      const text = raw.text(name, 255)?.trim();
      if (!text) return undefined;
      if (!idPattern.test(text)) throw noSuchEntity(name, text);
      return text;
    },
  } as unknown as Declared<Row, O>;
}

function references<Row extends ResourceRow, const O extends RefOptions>(entity: EntityClass<Row>, options: O): Declared<Row[], O> {
  const { access, allowNone = false, ...rest } = options;
  return {
    type: 'list',
    maxLength: 20_000,
    ...rest,
    ref: { entity, access, many: true, allowNone },
    decode(raw: RawParams, name: string) {
      const text = raw.text(name, 20_000);
      if (text === undefined) return undefined;
      const ids = splitList(text);
      for (const id of ids) if (!idPattern.test(id)) throw noSuchEntity(name, id);
      return ids.length === 0 ? undefined : ids;
    },
  } as unknown as Declared<Row[], O>;
}

function oneOf<const Value extends string, const O extends ParamOptions>(values: readonly Value[], options: O): Declared<Value, O> {
  return scalar('string', (text, name) => {
    const word = text.trim().toLowerCase();
    if (word === '') return undefined;
    const value = values.find((candidate) => candidate.toLowerCase() === word);
    if (value === undefined) throw invalid(name, text, `one of ${values.join(', ')} is expected`);
    return value;
  })({ ...options, values }) as unknown as Declared<Value, O>;
}

export const param = {
  string: scalar('string', (text) => (text === '' ? undefined : text)),
  /** One line as clients read it from files: the line end behind it is dropped. */
  line: oneLine,
  /** A key or certificates in PEM form (RFC 7468): several lines. */
  pem,
  /** Text whose emptiness means something, as in "set the group to nothing". */
  text: scalar('string', (text) => text),
  integer: scalar('integer', decodeInteger),
  long: scalar('long', decodeInteger),
  double: scalar('double', decodeNumber),
  boolean: scalar('boolean', decodeBoolean),
  date: scalar('date', decodeDate),
  /** A uuid that names no row of ours yet. */
  uuid: scalar('uuid', (text, name) => {
    const id = text.trim().toLowerCase();
    if (id === '') return undefined;
    if (!idPattern.test(id)) throw noSuchEntity(name, text);
    return id;
  }),
  strings: scalar('list', splitList, 20_000),
  enum: oneOf,
  /** The row behind an id, found and permitted before `execute` runs. */
  ref: reference,
  refs: references,
  /** `name[0].key=a&name[0].value=b`: one record per index, in index order. */
  rows: <const O extends ParamOptions>(options: O): Declared<Readonly<Record<string, string>>[], O> =>
    ({ type: 'map', maxLength: 255, ...options, decode: (raw: RawParams, name: string) => raw.rows(name) }) as unknown as Declared<
      Readonly<Record<string, string>>[],
      O
    >,
  /** `name[0].a=1&name[0].b=2` or key/value rows, all indices merged into one record. */
  details: <const O extends ParamOptions>(options: O): Declared<Readonly<Record<string, string>>, O> =>
    ({ type: 'map', maxLength: 255, ...options, decode: (raw: RawParams, name: string) => raw.details(name) }) as unknown as Declared<
      Readonly<Record<string, string>>,
      O
    >,
} as const;
