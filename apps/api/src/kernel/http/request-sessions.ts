// The login session as commands see it: open, close, and the cookies that the answer carries.
import type { Caller } from '../command/caller.ts';
import type { SessionControl } from '../command/command.ts';
import { clearedCookies, readCookie, sessionCookie, sessionCookies } from './cookies.ts';
import type { SessionStore } from './session-store.ts';

export interface RequestSessionsOptions {
  readonly store: SessionStore;
  readonly cookieHeader: string | undefined;
  readonly isHttps: boolean;
  readonly acceptsInitialPassword: boolean;
  /** Another site's page can't end a session. */
  readonly isCrossSite: boolean;
}

export class RequestSessions implements SessionControl {
  /** Values of Set-Cookie for the answer. */
  readonly cookies: string[] = [];
  readonly currentId: string | undefined;

  constructor(private readonly options: RequestSessionsOptions) {
    this.currentId = readCookie(options.cookieHeader, sessionCookie);
  }

  get acceptsInitialPassword(): boolean {
    return this.options.acceptsInitialPassword;
  }

  async open(userId: number): Promise<{ sessionKey: string; timeoutSeconds: number }> {
    const { store, isHttps } = this.options;
    if (this.currentId !== undefined) await store.close(this.currentId);
    const { id, key, idleSeconds } = await store.open(userId);
    this.cookies.push(...sessionCookies(id, key, isHttps));
    return { sessionKey: key, timeoutSeconds: idleSeconds };
  }

  async close(): Promise<Omit<Caller, 'via'> | undefined> {
    if (this.currentId === undefined || this.options.isCrossSite) return undefined;
    const owner = await this.options.store.ownerOf(this.currentId);
    await this.options.store.close(this.currentId);
    this.cookies.push(...clearedCookies);
    return owner?.caller;
  }
}
