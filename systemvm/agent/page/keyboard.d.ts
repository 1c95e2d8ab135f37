// The types of keyboard.js, for tests.

export interface KeyEvent {
  /** Of X11. */
  readonly keysym: number;
  /** As browsers name the key; null where only the keysym says what is meant. */
  readonly code: string | null;
  readonly down: boolean;
}

export function keysOf(character: string, others: 'numpad' | 'hex' | 'keysym'): KeyEvent[];
