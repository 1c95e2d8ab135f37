// What authentication asks about callers. The account area provides it.
import type { Caller } from '../command/caller.ts';

export interface Identity {
  readonly caller: Omit<Caller, 'via'>;
  /** Both the user and its account. */
  readonly isEnabled: boolean;
}

export interface KeyIdentity extends Identity {
  /** As SecretBox sealed it. */
  readonly sealedSecretKey: string;
}

export interface SessionIdentity extends Identity {
  readonly keyHash: string;
  readonly lastUsedAt: Date;
}

/** One statement per question: it is asked on every request. */
export interface IdentitySource {
  findByApiKey(apiKey: string): Promise<KeyIdentity | undefined>;
  findBySession(idHash: string): Promise<SessionIdentity | undefined>;
  /** The administrator that the server was made with: whom the trusted local entries act as. */
  getSystem(): Promise<Identity>;
}
