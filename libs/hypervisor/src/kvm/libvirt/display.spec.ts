// Only a display on the loopback is a display.
import { expect, it } from 'vitest';
import { parseDisplay } from './display.ts';

it.each([
  ['127.0.0.1:0\n', 5900],
  ['127.0.0.1:17\n\n', 5917],
  ['localhost:2', 5902],
  [':3', undefined],
  ['0.0.0.0:3', undefined],
  ['192.0.2.1:3', undefined],
  ['', undefined],
])('reads %j', (output, port) => {
  expect(parseDisplay(output)).toBe(port);
});
