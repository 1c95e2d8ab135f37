// Check results and differences on a terminal: complete, aligned, and safe whatever a host reported.
import { expect, test } from 'vitest';
import { checkLines, checkSum, differenceLines, differenceSum } from './tables.ts';

const green = { code: 'host.memory', title: 'Memory', level: 'green', measured: '16384 MiB', cause: '', remedy: '' } as const;
const red = {
  code: 'host.clock',
  title: 'Clock offset',
  level: 'red',
  measured: '75 s',
  cause: 'the clocks differ',
  remedy: 'apt-get install chrony',
} as const;

test('each check is a line, and what to do stands below it', () => {
  expect(checkLines([green, red], false)).toEqual([
    'ok    Memory        16384 MiB',
    'FAIL  Clock offset  75 s',
    '      cause   the clocks differ',
    '      remedy  apt-get install chrony',
  ]);
});

test('colours appear only where they are wanted', () => {
  expect(checkLines([red], true)[0]).toContain('\u001b[31m');
  expect(checkLines([red], false)[0]).not.toContain('\u001b');
});

test('the sum counts each level', () => {
  expect(checkSum([green, { ...green, level: 'amber' }, red])).toBe('3 checks: 1 ok, 1 warning, 1 failed');
});

test('control characters of a host never reach the terminal', () => {
  const lines = checkLines([{ ...red, measured: 'a\u001b[2Jb\nc\u0007' }], false);
  expect(lines[0]).toBe('FAIL  Clock offset  ab / c');
  const told = {
    title: 'Machine',
    check: 'I3.machines',
    subject: 'i-2-3-VM',
    expected: 'Running\r',
    found: '\u001b]0;x\u0007Stopped',
    remedy: 'start it',
  };
  expect(differenceLines([told])).toEqual([
    'Machine: i-2-3-VM',
    '      expected  Running',
    '      found     Stopped',
    '      remedy    start it',
  ]);
  expect([[], [told], [told, told]].map(differenceSum)).toEqual(['Database, hosts and storage agree.', '1 difference', '2 differences']);
});
