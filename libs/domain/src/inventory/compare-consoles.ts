// I12: links to consoles and open consoles end with the machine, the login or the proxy that they were made for.
import type { Difference } from './difference.ts';

export interface ConsoleEntry {
  /** As people call it: `console of web-1`. */
  readonly subject: string;
  readonly isOpen: boolean;
  /** Whether all that it needs is still there: machine, login, user, proxy, time. */
  readonly mayLive: boolean;
  /** Whether the server that carries it renews its lease; null for a link that nobody has opened. */
  readonly isServerAlive: boolean | null;
}

export function compareConsoles(consoles: readonly ConsoleEntry[]): Difference[] {
  return consoles
    .filter(({ mayLive, isServerAlive }) => !mayLive || isServerAlive === false)
    .map(({ subject, isOpen, mayLive }) => ({
      check: 'I12.consoles',
      subject,
      expected: 'over with its machine, its login or its time',
      found: isOpen ? (mayLive ? 'kept for a server that is dead' : 'open') : 'a link that is kept',
    }));
}
