// How long guessers wait (T28).
import { expect, it } from 'vitest';
import { nextTryAt } from './login-attempts.ts';

const last = new Date('2026-01-01T00:00:00Z');
const waitSeconds = (failures: number) => (nextTryAt(failures, last, 10).getTime() - last.getTime()) / 1_000;

it('lets the first tries pass, then doubles the wait up to a quarter of an hour', () => {
  expect([0, 1, 9, 10, 11, 12, 14, 15, 1_000_000].map(waitSeconds)).toEqual([0, 0, 0, 30, 60, 120, 480, 900, 900]);
});
