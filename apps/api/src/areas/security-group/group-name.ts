// Names of security groups.
import { parseDisplayName, problem } from '@strata/domain';

/** @throws invalid for an empty name, or one that is kept for the default group */
export function groupName(text: string): string {
  const name = parseDisplayName(text.trim(), 'name');
  if (name.toLowerCase() === 'default')
    throw problem('invalid', 'parameter name: default is the group that each account has from the start');
  return name;
}
