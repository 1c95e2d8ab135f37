// What lab/lab refuses before it starts anything.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
let data: string;

beforeAll(() => {
  data = mkdtempSync(join(tmpdir(), 'strata-lab-options-'));
  mkdirSync(join(data, 'lab'));
  writeFileSync(join(data, 'lab/choice'), 'LAB_NAME=spec\nLAB_SUBNET=10.77.0\n');
});
afterAll(() => rmSync(data, { recursive: true, force: true }));

const lab = (...words: string[]) => spawnSync(join(root, 'lab/lab'), [...words, '--data', data], { encoding: 'utf8' });

it.each([
  ['--name', 'other'],
  ['--name', 'No Name'],
  ['--subnet', '10.78.0'],
  ['--subnet', 'everything'],
])('keeps the name and subnet that a lab has: %s %s', (option, value) => {
  const { status, stderr } = lab('up', option, value);
  expect(status).toBe(1);
  expect(stderr).toContain('has the name spec and the subnet 10.77.0');
  expect(stderr).toContain(`--purge --data ${data}`);
});

it('takes the choice that it has already', () => {
  expect(lab('env', '--name', 'spec', '--subnet', '10.77.0').stdout).toContain('LAB_BRIDGE=spec-br');
});

it('tells which hosts there are', () => {
  const { status, stderr } = spawnSync(join(root, 'lab/lab'), ['ssh', '--data', data, 'kvm9'], { encoding: 'utf8' });
  expect(status).toBe(1);
  expect(stderr).toContain("no lab host is called 'kvm9'; there are: kvm1 kvm2 nfs1");
});

it('tells how to start a lab whose host does not run', () => {
  const { stderr } = spawnSync(join(root, 'lab/lab'), ['ssh', '--data', data, 'kvm1'], { encoding: 'utf8' });
  expect(stderr).toContain(`./strata lab up --data ${data}`);
});
