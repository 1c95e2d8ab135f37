// Text as the keys that type it on a US keyboard: which are pressed, in which order. Keysyms are those of X11.

const shift = { keysym: 0xffe1, code: 'ShiftLeft' };
const control = { keysym: 0xffe3, code: 'ControlLeft' };
const alt = { keysym: 0xffe9, code: 'AltLeft' };
const enter = { keysym: 0xff0d, code: 'Enter' };
const tab = { keysym: 0xff09, code: 'Tab' };
/** Keysyms of Unicode characters are these plus the code point. */
const unicodeKeysyms = 0x01000000;

/** Each key with what it types alone and with shift. */
const plainKeys = new Map(
  [
    ...[...'abcdefghijklmnopqrstuvwxyz'].map((letter) => [`Key${letter.toUpperCase()}`, letter, letter.toUpperCase()]),
    ...[...'1234567890'].map((digit, at) => [`Digit${digit}`, digit, '!@#$%^&*()'[at]]),
    ['Space', ' ', ' '],
    ['Minus', '-', '_'],
    ['Equal', '=', '+'],
    ['BracketLeft', '[', '{'],
    ['BracketRight', ']', '}'],
    ['Backslash', '\\', '|'],
    ['Semicolon', ';', ':'],
    ['Quote', "'", '"'],
    ['Backquote', '`', '~'],
    ['Comma', ',', '<'],
    ['Period', '.', '>'],
    ['Slash', '/', '?'],
  ].flatMap(([code, alone, shifted]) => [
    [shifted, { code, shifted: true }],
    [alone, { code, shifted: false }],
  ]),
);

/**
 * The key events for one character.
 * @param {string} character
 * @param {'numpad' | 'hex' | 'keysym'} others how characters are typed that no key has
 * @returns {{ keysym: number, code: string | null, down: boolean }[]}
 */
export function keysOf(character, others) {
  if (character === '\n') return press(enter);
  if (character === '\t') return press(tab);
  const point = character.codePointAt(0) ?? 0;
  const key = plainKeys.get(character);
  if (key) {
    const keys = press({ keysym: point, code: key.code });
    return key.shifted ? held([shift], keys) : keys;
  }
  if (point < 0x20 || point === 0x7f) return [];
  if (others === 'keysym') return press({ keysym: point <= 0xff ? point : unicodeKeysyms + point, code: null });
  if (others === 'numpad') return held([alt], [...String(point)].flatMap(numpadKey));
  const digits = [...`u${point.toString(16)}`].flatMap((digit) => keysOf(digit, 'keysym'));
  return [...held([control, shift], digits), ...press(enter)];
}

function numpadKey(digit) {
  return press({ keysym: 0xffb0 + Number(digit), code: `Numpad${digit}` });
}

function press(key) {
  return [
    { ...key, down: true },
    { ...key, down: false },
  ];
}

function held(modifiers, keys) {
  return [...modifiers.map((key) => ({ ...key, down: true })), ...keys, ...modifiers.toReversed().map((key) => ({ ...key, down: false }))];
}
