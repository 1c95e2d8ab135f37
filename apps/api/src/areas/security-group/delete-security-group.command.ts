// deleteSecurityGroup
import { problem } from '@strata/domain';
import { everyRole } from '../../kernel/command/caller.ts';
import { command, success } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { ownerParams } from '../account/owner.ts';
import { chooseGroup } from './choose-group.ts';
import { SecurityGroup, SecurityGroupRule, VmSecurityGroup } from './security-group.entity.ts';

export const deleteSecurityGroup = command({
  name: 'deleteSecurityGroup',
  about: 'Deletes a security group that no machine is in and no rule of another group names.',
  roles: everyRole,
  since: '1.0',
  event: 'SG.DELETE',
  params: {
    id: param.ref(SecurityGroup, { access: 'operate', about: 'the security group' }),
    name: param.string({ about: 'the security group by its name instead of its id' }),
    ...ownerParams,
  },
  returns: success,
  async execute({ id, name, ...owner }, ctx) {
    const { tx } = ctx;
    const chosen = await chooseGroup({ securitygroupid: id, securitygroupname: name, ...owner }, ctx);
    if (chosen.isDefault) throw problem('denied', 'the default security group of an account stays');
    // Whoever puts a machine into it at this moment is waited for, or waits.
    const group = await tx.findOne(SecurityGroup, { where: { id: chosen.id }, lock: { mode: 'pessimistic_write' } });
    if (!group) return;
    const machines = await tx.countBy(VmSecurityGroup, { groupId: group.id });
    if (machines > 0)
      throw problem(
        'inUse',
        `${machines} virtual machine${machines === 1 ? ' is' : 's are'} in security group ${group.name}: expunge or take them out first`,
      );
    const naming = await tx.query<{ name: string }[]>(
      'SELECT DISTINCT g.name FROM security_group_rule r JOIN security_group g ON g.id = r.group_id WHERE r.peer_group_id = ? AND r.group_id <> ?',
      [group.id, group.id],
    );
    if (naming.length > 0)
      throw problem(
        'inUse',
        `rules of ${naming.map((other) => other.name).join(', ')} name security group ${group.name}: revoke them first`,
      );
    await tx.delete(SecurityGroupRule, { groupId: group.id });
    await tx.delete(SecurityGroup, { id: group.id });
  },
});
