// listSecurityGroups
import { everyRole } from '../../kernel/command/caller.ts';
import { listCommand } from '../../kernel/command/list-command.ts';
import { param } from '../../kernel/command/param.ts';
import { VirtualMachine } from '../vm/virtual-machine.entity.ts';
import { SecurityGroup } from './security-group.entity.ts';
import { securityGroupSource, securityGroupView } from './security-group.view.ts';

export const listSecurityGroups = listCommand({
  name: 'listSecurityGroups',
  about: 'Lists security groups with their rules.',
  roles: everyRole,
  since: '1.0',
  tagged: true,
  params: {
    id: param.ref(SecurityGroup, { access: 'see', about: 'only this security group' }),
    securitygroupname: param.string({ about: 'only security groups of this name' }),
    virtualmachineid: param.ref(VirtualMachine, { access: 'see', about: 'only those that this virtual machine is in' }),
  },
  source: securityGroupSource,
  returns: securityGroupView,
  keyword: ['g.name'],
  ownedBy: { account: 'g.account_id', domain: 'g.domain_id' },
  where(args, where) {
    where.equals('g.id', args.id?.id).equals('g.name', args.securitygroupname);
    if (args.virtualmachineid) where.and('g.id IN (SELECT group_id FROM vm_security_group WHERE vm_id = ?)', args.virtualmachineid.id);
  },
});
