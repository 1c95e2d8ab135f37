// Management server checks, and the order of versions.
import { expect, it } from 'vitest';
import { compareVersions } from '../version.ts';
import { managementChecks, type ManagementFacts } from './management-checks.ts';

const gib = 2 ** 30;
const good: ManagementFacts = {
  hostname: 'mgmt',
  fqdn: 'mgmt.example.org',
  nodeVersion: 'v24.21.0',
  memoryMib: 4096,
  dataFolder: '/srv/strata',
  dataFreeBytes: 50 * gib,
  isDataWritable: true,
  usesDhcp: false,
};

it('tells each shortcoming', () => {
  const cases: [Partial<ManagementFacts>, string[]][] = [
    [{}, []],
    [{ fqdn: null }, ['management.fqdn amber']],
    [{ nodeVersion: 'v20.19.0' }, ['management.node red']],
    [{ memoryMib: 512 }, ['management.memory red']],
    [{ memoryMib: 1024 }, ['management.memory amber']],
    [{ dataFreeBytes: gib / 2 }, ['management.dataFolder red']],
    [{ dataFreeBytes: 2 * gib }, ['management.dataFolder amber']],
    [{ isDataWritable: false }, ['management.dataFolder red']],
    [{ usesDhcp: true }, ['management.staticAddress amber']],
  ];
  for (const [change, expected] of cases) {
    const found = managementChecks({ ...good, ...change }).filter((result) => result.level !== 'green');
    expect(found.map((result) => `${result.code} ${result.level}`)).toEqual(expected);
    expect(found.every((result) => result.cause !== '' && result.remedy !== '')).toBe(true);
  }
});

it('compares versions by number', () => {
  expect(compareVersions('10.10.0', '10.6')).toBeGreaterThan(0);
  expect(compareVersions('10.6', '10.6.0')).toBe(0);
  expect(compareVersions('v24.0.1', '24.0')).toBeGreaterThan(0);
  expect(compareVersions('9.0.0', '10.0')).toBeLessThan(0);
  expect(compareVersions('10.11.19-MariaDB-log', '10.11.19')).toBe(0);
  expect(compareVersions('', '1')).toBeLessThan(0);
});
