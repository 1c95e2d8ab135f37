// Unmodified Python clients against the server, where this machine has them: cs and Apache Libcloud.
import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cloud, startCloud } from '../harness/cloud.ts';

/** The system's own interpreter: Debian's packages are for no other. */
const python = '/usr/bin/python3';
const has = (module: string) => spawnSync(python, ['-c', `import ${module}`]).status === 0;

let cloud: Cloud;
let environment: NodeJS.ProcessEnv;
beforeAll(async () => {
  cloud = await startCloud({ hosts: 1 });
  const { admin } = cloud.server;
  const users = await admin.list('listUsers', { username: 'admin' });
  const { userkeys } = (await admin.call('getUserKeys', { id: String(users[0]!['id']) })) as { userkeys: Record<string, string> };
  environment = {
    ...process.env,
    CLOUDSTACK_ENDPOINT: cloud.server.url,
    CLOUDSTACK_KEY: userkeys['apikey'],
    CLOUDSTACK_SECRET: userkeys['secretkey'],
  };
});
afterAll(() => cloud?.stop());

/** What the script printed. @throws with its traceback when it failed */
async function run(script: string, ...args: string[]): Promise<string> {
  const path = join(import.meta.dirname, script);
  const { stdout } = await promisify(execFile)(python, [path, ...args], { env: environment, timeout: 25_000 });
  return stdout;
}

describe.skipIf(!has('cs'))('cs', () => {
  it.each(['get', 'post'])('lists in pages, follows jobs and gets errors, by %s', async (method) => {
    expect(await run('with_cs.py', method)).toBe(`${method} done\n`);
  });
});

describe.skipIf(!has('libcloud'))('Apache Libcloud', () => {
  it('lists, creates, starts, stops, reboots and destroys machines', async () => {
    expect(await run('with_libcloud.py')).toBe('done\n');
  });
});
