// The front door before anything is installed: no node_modules, no build.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
let clone: string;

beforeAll(() => {
  clone = mkdtempSync(join(tmpdir(), 'strata-clone-'));
  for (const name of ['strata', 'tools', 'package.json', 'package-lock.json'])
    cpSync(join(root, name), join(clone, name), { recursive: true });
});
afterAll(() => rmSync(clone, { recursive: true, force: true }));

/** As a newcomer's shell runs it: the system's Node, not the one these tests run under. */
const strata = (...words: string[]) =>
  spawnSync(join(clone, 'strata'), words, {
    encoding: 'utf8',
    env: { HOME: process.env['HOME'], PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
  });

it('tells wrong options of up before it installs anything', () => {
  const { status, stdout, stderr } = strata('up', '--port', 'abc');
  expect(stdout + stderr).toContain('--port takes a number from 1 to 65535, not "abc"');
  expect(status).not.toBe(0);
});

it('helps', () => {
  expect(strata('help').stdout).toContain('./strata COMMAND');
  expect(strata('up', '--help').stdout).toContain('--lab');
});

it('says what to do first where something must be built', () => {
  for (const words of [['keys'], ['reset', '--yes'], ['reset', '--yes', '--data', join(clone, 'var')]]) {
    const { status, stderr } = strata(...words);
    expect(stderr).toBe('strata: not built yet: run ./strata up first\n');
    expect(status).toBe(1);
  }
  expect(strata('reset', '--data', '/nowhere/strata').stderr).toContain('run ./strata up --data /nowhere/strata first');
});
