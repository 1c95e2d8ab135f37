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
  readonly #given = new Map<string, NodeJS.Timeout>();

  constructor(store: GuestStore) {
    this.#store = store;
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
    for (const timer of this.#given.values()) clearTimeout(timer);
    this.#given.clear();
  }

  #forgetLater(guest: RouterGuest, password: string): void {
    if (this.#given.has(guest.mac)) return;
    const timer = setTimeout(() => {
      this.#given.delete(guest.mac);
      if (this.#store.passwordOf(guest) === password) void this.#store.forgetPassword(guest);
    }, unconfirmedMs);
    timer.unref();
    this.#given.set(guest.mac, timer);
  }
}
