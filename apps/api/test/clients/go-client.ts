// How Go programs encode and sign requests: values by url.QueryEscape, blanks as %20 where it is signed.
import { createHmac } from 'node:crypto';
import type { Params } from '../harness/api-client.ts';

export interface Keys {
  readonly apiKey: string;
  readonly secretKey: string;
}

/** Leaves letters, digits and `-_.~`; a blank is `+`. */
export const queryEscape = (text: string) =>
  encodeURIComponent(text)
    .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');

/** `name=value` pairs in the order of the names, names as they are. */
export function encodeParams(params: Params): string {
  return Object.entries(params)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${queryEscape(String(value))}`)
    .join('&');
}

/** The pairs with their signature; it is made over %20 even where `+` is sent. */
export function signParams(params: Params, { apiKey, secretKey }: Keys): string {
  const encoded = encodeParams({ ...params, apiKey });
  const signature = createHmac('sha1', secretKey).update(encoded.toLowerCase().replaceAll('+', '%20')).digest('base64');
  return `${encoded}&signature=${queryEscape(signature)}`;
}
