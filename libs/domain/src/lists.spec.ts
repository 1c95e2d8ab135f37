// Lists in sentences.
import { expect, it } from 'vitest';
import { listed } from './lists.ts';

it('puts commas between all but the last two', () => {
  expect(listed([])).toBe('');
  expect(listed(['a'])).toBe('a');
  expect(listed(['a', 'b'])).toBe('a and b');
  expect(listed(['a', 'b', 'c'], 'or')).toBe('a, b or c');
});
