// Names and addresses of system machines.
import { expect, it } from 'vitest';
import { systemMac, systemVmName } from './system-names.ts';

it('names machines by kind and number', () => {
  expect(['secondarystoragevm', 'consoleproxy', 'domainrouter'].map((kind) => systemVmName(kind as never, 7))).toEqual([
    's-7-VM',
    'v-7-VM',
    'r-7-VM',
  ]);
});

it('gives each card a MAC address that no guest has', () => {
  expect(systemMac(1, 0)).toBe('0e:00:00:00:01:00');
  expect(systemMac(1, 1)).toBe('0e:00:00:00:01:01');
});
