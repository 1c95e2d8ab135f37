// Reads JSON that came from outside into typed values: strict, every refusal names the place.
import { findIpv4 } from '@strata/domain';
import { AgentProblem } from './agent-problem.ts';

export type Reader<T> = (value: unknown, where: string) => T;

/** Exactly these fields; one read by `optional` may be absent. */
export function object<T extends object>(fields: { readonly [K in keyof T]-?: Reader<T[K]> }): Reader<T> {
  const readers = Object.entries(fields as Record<string, Reader<unknown>>);
  const names = new Set(Object.keys(fields));
  return (value, where) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(where, 'an object');
    const found = value as Record<string, unknown>;
    const stranger = Object.keys(found).find((name) => !names.has(name));
    if (stranger !== undefined)
      throw new AgentProblem('invalid', `${where} has the unknown field ${JSON.stringify(stranger.slice(0, 64))}`);
    const result: Record<string, unknown> = {};
    for (const [name, read] of readers) {
      const field = read(Object.hasOwn(found, name) ? found[name] : undefined, `${where}.${name}`);
      if (field !== undefined) result[name] = field;
    }
    return result as T;
  };
}

export function optional<T>(read: Reader<T>): Reader<T | undefined> {
  return (value, where) => (value === undefined ? undefined : read(value, where));
}

export function nullable<T>(read: Reader<T>): Reader<T | null> {
  return (value, where) => (value === null ? null : read(value, where));
}

export function list<T>(read: Reader<T>, maxLength: number): Reader<T[]> {
  return (value, where) => {
    if (!Array.isArray(value)) throw invalid(where, 'a list');
    if (value.length > maxLength) throw new AgentProblem('invalid', `${where} has ${value.length} entries, at most ${maxLength} are taken`);
    return value.map((entry, at) => read(entry, `${where}[${at}]`));
  };
}

/** Counted in UTF-16 units. With a pattern the whole text must match it: anchor it. */
export function text(maxLength: number, pattern?: RegExp, what = 'in the right form'): Reader<string> {
  return (value, where) => {
    if (typeof value !== 'string') throw invalid(where, 'a text');
    if (value.length > maxLength)
      throw new AgentProblem('invalid', `${where} is ${value.length} characters long, at most ${maxLength} are taken`);
    if (pattern !== undefined && !pattern.test(value)) throw new AgentProblem('invalid', `${where} is not ${what}`);
    return value;
  };
}

export function whole(min: number, max: number): Reader<number> {
  return (value, where) => {
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < min || value > max)
      throw invalid(where, `a whole number from ${min} to ${max}`);
    return value;
  };
}

export const yesOrNo: Reader<boolean> = (value, where) => {
  if (typeof value !== 'boolean') throw invalid(where, 'true or false');
  return value;
};

export function oneOf<const T extends readonly string[]>(words: T): Reader<T[number]> {
  return (value, where) => {
    if (typeof value !== 'string' || !words.includes(value)) throw invalid(where, `one of ${words.join(', ')}`);
    return value;
  };
}

export const uuid = text(36, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'a uuid in small letters');
export const mac = text(17, /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i, 'a MAC address');
/** As RFC 952 and RFC 1123 take names of hosts: one label. */
export const hostName = text(63, /^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$/, 'a host name');

export const ipv4: Reader<string> = (value, where) => {
  if (typeof value !== 'string' || findIpv4(value) === undefined) throw invalid(where, 'an IPv4 address');
  return value;
};

function invalid(where: string, what: string): AgentProblem {
  return new AgentProblem('invalid', `${where} must be ${what}`);
}
