// Writes an answer as JSON: exactly one top-level key, the count of a list before its rows.
import type { JsonObject } from '../json.ts';

/** Clients take the first top-level key, and some read `count` before the array (contract/protocol section 2). */
export function writeJson(envelope: string, body: JsonObject): string {
  const { count, ...rest } = body;
  return JSON.stringify({ [envelope]: count === undefined ? rest : { count, ...rest } });
}
