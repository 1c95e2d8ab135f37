// The life of accounts and users: both have the same states, spelled in lower case as the API shows them.
import { lifecycle } from '../lifecycle.ts';

/** Neither `locked` nor `disabled` may log in or sign requests. A lock is for a while: what a locked account has goes on running. */
const table = {
  enabled: { disableRequested: 'disabled', lockRequested: 'locked' },
  locked: { enableRequested: 'enabled', disableRequested: 'disabled' },
  disabled: { enableRequested: 'enabled' },
} as const;

export const accountLifecycle = lifecycle('account', table);
export const userLifecycle = lifecycle('user', table);

export type AccountState = (typeof accountLifecycle.states)[number];
export type UserState = (typeof userLifecycle.states)[number];
export const accountInitialState: AccountState = 'enabled';
export const userInitialState: UserState = 'enabled';
