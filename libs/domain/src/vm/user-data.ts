// User data of machines: base64 text with a bound on what it holds.
import { problem } from '../errors.ts';

/** Decoded bytes, by the HTTP method that brings them. */
export const maxUserDataBytes = { GET: 32 * 1024, POST: 1024 * 1024 } as const;

export interface UserData {
  /** Standard alphabet with padding, without line breaks. */
  readonly base64: string;
  readonly sizeBytes: number;
}

/** Accepts line breaks, the URL alphabet and missing padding, as clients send all of them. Throws `invalid`. */
export function parseUserData(text: string, method: 'GET' | 'POST', parameter = 'userdata'): UserData {
  const digits = text
    .replace(/[\r\n\t ]/g, '')
    .replace(/={1,2}$/, '')
    .replaceAll('-', '+')
    .replaceAll('_', '/');
  if (!/^[A-Za-z0-9+/]*$/.test(digits) || digits.length % 4 === 1)
    throw problem('invalid', `${parameter} is not base64: encode it, for instance with: base64 -w0 FILE`);
  const sizeBytes = Math.floor((digits.length * 3) / 4);
  const max = maxUserDataBytes[method];
  if (sizeBytes > max) {
    const advice =
      method === 'GET' && sizeBytes <= maxUserDataBytes.POST ? 'send the command by POST' : 'let the machine fetch the rest itself';
    throw problem('invalid', `${parameter} has ${sizeBytes} bytes; at most ${max} are possible by ${method}: ${advice}`);
  }
  return { base64: digits.padEnd(Math.ceil(digits.length / 4) * 4, '='), sizeBytes };
}
