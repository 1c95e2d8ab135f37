// The screen of simulated machines takes keys as a guest that echoes.
import { expect, it } from 'vitest';
import { columns, lines, screenHeight, screenWidth, TextScreen } from './text-screen.ts';

const press = (screen: TextScreen, ...keysyms: number[]): void => keysyms.forEach((keysym) => screen.press(keysym));

it('echoes characters of any alphabet, new lines and corrections', () => {
  const screen = new TextScreen('login: ');
  press(screen, 0x61, 0x78, 0xff08, 0xe9, 0x010020ac, 0xff0d, 0x62, 0xffe1);
  expect(screen.text).toBe('login: aé€\nb');
});

it('wraps long lines and scrolls', () => {
  const screen = new TextScreen('x'.repeat(columns + 1));
  expect(screen.text).toBe(`${'x'.repeat(columns)}\nx`);
  press(screen, ...Array<number>(lines).fill(0xff0d));
  expect(screen.text.split('\n')).toHaveLength(lines);
  expect(screen.text).not.toContain('x');
});

it('draws what it shows, and tells of each change', () => {
  const screen = new TextScreen('');
  const [empty, version] = [screen.draw(), screen.version];
  expect(empty).toHaveLength(screenWidth * screenHeight);
  press(screen, 0x61);
  expect(screen.version).toBeGreaterThan(version);
  expect(screen.draw()).not.toEqual(empty);
});
