// Who is calling: settled once per request by authentication and carried through handlers.
import type { CallerRights, Role } from '@strata/domain';

export { everyRole, type Role } from '@strata/domain';
export const adminRoles: readonly Role[] = ['Admin'];

export interface Caller extends CallerRights {
  readonly userId: number;
  readonly userUuid: string;
  readonly username: string;
  readonly accountId: number;
  readonly accountUuid: string;
  readonly accountName: string;
  readonly domainId: number;
  readonly domainUuid: string;
  /** How the caller proved who it is; `local` is the trusted socket on this machine. */
  readonly via: 'session' | 'apiKey' | 'local';
}

/** Where a request came from. */
export interface RequestOrigin {
  /** One id from the API call to the host commands it causes. */
  readonly requestId: string;
  readonly remoteAddress: string;
  readonly isLoopback: boolean;
}
