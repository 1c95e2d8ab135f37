// What ./strata verify and ./strata keys say when they can't begin.
import { describe, expect, it } from 'vitest';
import { printKeys } from './keys.ts';
import { SystemClient } from './system-client.ts';
import type { Installation } from './terms.ts';
import { verify } from './verify.ts';

const dataOption = ' --data /nowhere/strata';
const installation: Installation = {
  folder: '/nowhere/strata',
  url: 'http://127.0.0.1:8080',
  databaseUrl: undefined,
  client: new SystemClient('/nowhere/strata/run/strata.sock', dataOption),
  dataOption,
};

describe.each([
  ['verify', verify],
  ['keys', printKeys],
])('%s', (_, subcommand) => {
  it('refuses words that it does not know', async () => {
    await expect(subcommand(['extra'], installation)).rejects.toThrow("Unexpected argument 'extra'");
    await expect(subcommand(['--extra'], installation)).rejects.toThrow("Unknown option '--extra'");
  });

  it('says how to start the server of this installation', async () => {
    await expect(subcommand([], installation)).rejects.toThrow('does not run: start it with ./strata up --data /nowhere/strata');
  });
});
