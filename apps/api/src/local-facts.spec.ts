// The facts of this very machine, and how a leased address is told from a fixed one.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inspectManagementServer, usesDhcp } from './local-facts.ts';

const loopback = { addr_info: [{ scope: 'host' }] };

test.each([
  [[loopback, { addr_info: [{ scope: 'global', dynamic: true }] }], true],
  [[loopback, { addr_info: [{ scope: 'global' }] }], false],
  [[{ addr_info: [{ scope: 'global' }] }, { addr_info: [{ scope: 'global', dynamic: true }] }], false],
  [[loopback], null],
])('CS-21: %j', (report, expected) => {
  expect(usesDhcp(JSON.stringify(report))).toBe(expected);
});

test('without the program nothing is known', () => {
  expect(usesDhcp(null)).toBeNull();
});

test('this machine tells its memory and its room', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'strata-facts-'));
  try {
    const facts = await inspectManagementServer(folder);
    expect(facts).toMatchObject({ dataFolder: folder, isDataWritable: true, nodeVersion: process.version });
    expect(facts.memoryMib).toBeGreaterThan(100);
    expect(facts.dataFreeBytes).toBeGreaterThan(0);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a folder that is not there is an error', async () => {
  await expect(inspectManagementServer('/nonexistent/strata')).rejects.toThrow('ENOENT');
});
