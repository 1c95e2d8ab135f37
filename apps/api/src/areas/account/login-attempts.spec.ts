// How long guessers wait (T28).
import { expect, it } from 'vitest';
import { waitMs } from './login-attempts.ts';

it('lets the first tries pass, then doubles the wait up to a quarter of an hour', () => {
  const seconds = [0, 1, 9, 10, 11, 12, 14, 15, 1_000_000].map((failures) => waitMs(failures, 10) / 1_000);
  expect(seconds).toEqual([0, 0, 0, 30, 60, 120, 480, 900, 900]);
});
