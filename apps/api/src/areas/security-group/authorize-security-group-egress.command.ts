// authorizeSecurityGroupEgress
import { everyRole } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { authoriseParams, startAuthorising } from './authorise.ts';
import { securityGroupView } from './security-group.view.ts';

export const authorizeSecurityGroupEgress = command({
  name: 'authorizeSecurityGroupEgress',
  about: 'Lets traffic out of the machines of a security group.',
  roles: everyRole,
  since: '1.0',
  async: true,
  event: 'SG.AUTH.EGRESS',
  params: authoriseParams,
  returns: securityGroupView,
  execute: (args, ctx) => startAuthorising('egress', args, ctx),
});
