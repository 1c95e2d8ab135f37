// The password server, as password scripts of guests talk to it: the header DomU_Request asks for the password, or says that it is taken.
import type { IncomingMessage } from 'node:http';
import type { RouterGuest } from '@strata/domain';
import { type Answer, plain } from './guest-server.ts';
import type { GuestStore } from './guest-store.ts';

export const passwordPort = 8080;

/** A guest that got its password but never says so gets it again for so long: its first answer may have been lost. */
const unconfirmedMs = 60_000;

const taken = 'saved_password';

export class Passwords {
  readonly #store: GuestStore;
  readonly #log: (line: string) => void;
  /** By MAC address: the password that the guest was given last, and when it ends. */
  readonly #given = new Map<string, { readonly password: string; readonly timer: NodeJS.Timeout }>();

  constructor(store: GuestStore, log: (line: string) => void) {
    this.#store = store;
    this.#log = log;
  }

  async answer(guest: RouterGuest, request: IncomingMessage): Promise<Answer> {
    switch (request.headers['domu_request']) {
      case 'send_my_password': {
        const password = this.#store.passwordOf(guest);
        if (password === null) return plain(200, taken);
        return { ...plain(200, password), sent: () => this.#forgetLater(guest, password) };
      }
      case taken:
        await this.#store.forgetPassword(guest);
        return plain(200, taken);
      default:
        return plain(200, 'bad_request');
    }
  }

  stop(): void {
    for (const { timer } of this.#given.values()) clearTimeout(timer);
    this.#given.clear();
  }

  #forgetLater(guest: RouterGuest, password: string): void {
    const before = this.#given.get(guest.mac);
    if (before?.password === password) return;
    clearTimeout(before?.timer);
    const timer = setTimeout(() => {
      this.#given.delete(guest.mac);
      if (this.#store.passwordOf(guest) !== password) return;
      this.#store
        .forgetPassword(guest)
        .catch((error: unknown) => this.#log(`a password that was taken could not be removed: ${String(error)}`));
    }, unconfirmedMs);
    timer.unref();
    this.#given.set(guest.mac, { password, timer });
  }
}
