// What the page types for a text: the keys of a US keyboard, and the ways around for characters that it lacks.
import { describe, expect, it } from 'vitest';
import { keysOf } from '../../page/keyboard.js';

type Others = 'numpad' | 'hex' | 'keysym';
const spelled = (character: string, others: Others): string =>
  keysOf(character, others)
    .map(({ code, keysym, down }) => `${down ? '+' : '-'}${code ?? keysym.toString(16)}`)
    .join(' ');

describe('keysOf', () => {
  it.each([
    ['a', '+KeyA -KeyA'],
    ['A', '+ShiftLeft +KeyA -KeyA -ShiftLeft'],
    ['~', '+ShiftLeft +Backquote -Backquote -ShiftLeft'],
    [')', '+ShiftLeft +Digit0 -Digit0 -ShiftLeft'],
    [' ', '+Space -Space'],
    ['\n', '+Enter -Enter'],
    ['\t', '+Tab -Tab'],
    ['\u0007', ''],
  ])('%j', (character, keys) => {
    expect(spelled(character, 'numpad')).toBe(keys);
  });

  it('types any printable ASCII with its own keysym', () => {
    for (let point = 0x20; point < 0x7f; point++)
      expect(keysOf(String.fromCodePoint(point), 'numpad').map(({ keysym }) => keysym)).toContain(point);
  });

  it.each([
    ['numpad', 'é', '+AltLeft +Numpad2 -Numpad2 +Numpad3 -Numpad3 +Numpad3 -Numpad3 -AltLeft'],
    ['hex', 'é', '+ControlLeft +ShiftLeft +KeyU -KeyU +KeyE -KeyE +Digit9 -Digit9 -ShiftLeft -ControlLeft +Enter -Enter'],
    ['keysym', 'é', '+e9 -e9'],
    ['keysym', '€', '+10020ac -10020ac'],
    ['keysym', '😀', '+101f600 -101f600'],
  ] as const)('%s types %s', (others, character, keys) => {
    expect(spelled(character, others)).toBe(keys);
  });
});
