// Who may expunge and recover virtual machines.
import { problem } from '@strata/domain';
import type { Caller } from '../../kernel/command/caller.ts';
import type { Settings } from '../../kernel/settings/settings.ts';
import { usersMayExpunge } from './vm.settings.ts';

/** @throws denied for users, unless the operator has allowed it */
export function assertMayExpunge(caller: Caller, settings: Settings): void {
  if (caller.role !== 'User' || settings.get(usersMayExpunge)) return;
  throw problem(
    'denied',
    `expunging and recovering virtual machines is for administrators unless the setting ${usersMayExpunge.name} allows it to users`,
  );
}
