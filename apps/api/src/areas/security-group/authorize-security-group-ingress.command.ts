// authorizeSecurityGroupIngress
import { everyRole } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { authoriseParams, startAuthorising } from './authorise.ts';
import { securityGroupView } from './security-group.view.ts';

export const authorizeSecurityGroupIngress = command({
  name: 'authorizeSecurityGroupIngress',
  about: 'Lets traffic in to the machines of a security group.',
  roles: everyRole,
  since: '1.0',
  async: true,
  event: 'SG.AUTH.INGRESS',
  params: authoriseParams,
  returns: securityGroupView,
  execute: (args, ctx) => startAuthorising('ingress', args, ctx),
});
