// listApis
import { problem } from '@strata/domain';
import { mayCall } from '../../kernel/command/authorise.ts';
import { everyRole } from '../../kernel/command/caller.ts';
import { command, listOf } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { type ApiRow, apiView, describeCommand } from './api.view.ts';

export const listApis = command({
  name: 'listApis',
  about: 'Lists the commands that the caller may call, with their parameters and answers.',
  roles: everyRole,
  since: '1.0',
  params: {
    name: param.string({ about: 'only the command of this name' }),
    listall: param.boolean({ about: 'taken for the sake of older clients; all commands are listed anyway' }),
  },
  returns: listOf(apiView),
  execute({ name }, { registry, caller }) {
    const commands = registry.commands.filter((candidate) => mayCall(caller, candidate) && (name === undefined || candidate.name === name));
    if (name !== undefined && commands.length === 0)
      throw problem('invalid', `the command ${name} does not exist or is not available for user ${caller.username}`);
    return Promise.resolve(commands.map((candidate): ApiRow => describeCommand(candidate, caller.role)));
  },
});
