// Who is calling: settled once per request by authentication and carried through handlers.
export type Role = 'Admin' | 'ResourceAdmin' | 'DomainAdmin' | 'User';

export const everyRole: readonly Role[] = ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'];
export const adminRoles: readonly Role[] = ['Admin'];

export interface Caller {
  readonly userId: number;
  readonly userUuid: string;
  readonly username: string;
  readonly accountId: number;
  readonly accountUuid: string;
  readonly accountName: string;
  readonly domainId: number;
  readonly domainUuid: string;
  /** Internal form: `/` for ROOT, `/a/b/` below. */
  readonly domainPath: string;
  readonly role: Role;
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
