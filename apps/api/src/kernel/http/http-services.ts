// What the HTTP layer is made of, handed to Nest under one token.
import type { Executor } from '../command/executor.ts';
import type { Registry } from '../command/registry.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log/log.ts';
import type { SecretBox } from '../secrets/secret-box.ts';
import type { Settings } from '../settings/settings.ts';
import type { IdentitySource } from './identity.ts';
import type { SessionStore } from './session-store.ts';

export interface HttpServices {
  readonly executor: Executor;
  readonly registry: Registry;
  readonly identities: IdentitySource;
  readonly sessions: SessionStore;
  readonly secrets: SecretBox;
  readonly settings: Settings;
  readonly clock: Clock;
  readonly log: Log;
  /** Take the password of a new installation from other machines too. */
  readonly allowDefaultPassword: boolean;
}

export const httpServices = Symbol('HttpServices');
