// Whether a caller's role may call a command at all.
import { problem } from '@strata/domain';
import type { Caller } from './caller.ts';
import type { Command } from './command.ts';

export function mayCall(caller: Caller, command: Command): boolean {
  return command.roles === 'anyone' || command.roles.includes(caller.role);
}

/** @throws unknownCommand with one text for "does not exist" and "not for you", so that neither can be told from outside */
export function authorise(caller: Caller, name: string, command: Command | undefined): Command {
  if (command && mayCall(caller, command)) return command;
  throw problem(
    'unknownCommand',
    `the command ${name.slice(0, 80)} does not exist or is not available for user ${caller.username}; listApis names those that are`,
  );
}
