// Passwords of displays: stable for a machine, different for another machine or installation.
import { expect, it } from 'vitest';
import { SecretBox } from '../../kernel/secrets/secret-box.ts';
import { consolePasswordOf } from './console-password.ts';

const secrets = new SecretBox(Buffer.alloc(32, 1));

it('T21 gives every machine its own password, always the same', () => {
  const passwords = Array.from({ length: 500 }, (_, at) => consolePasswordOf(secrets, `machine-${at}`));
  expect(new Set(passwords).size).toBe(500);
  for (const password of passwords) expect(password).toMatch(/^[A-Za-z0-9]{8}$/);
  expect(consolePasswordOf(secrets, 'machine-7')).toBe(passwords[7]);
  expect(consolePasswordOf(new SecretBox(Buffer.alloc(32, 2)), 'machine-7')).not.toBe(passwords[7]);
});
