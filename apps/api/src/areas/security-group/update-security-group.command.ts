// updateSecurityGroup
import { problem } from '@strata/domain';
import { everyRole } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { rowById } from '../../kernel/command/source.ts';
import { unlessTaken } from '../../kernel/db/unique.ts';
import { groupName } from './group-name.ts';
import { SecurityGroup } from './security-group.entity.ts';
import { securityGroupSource, securityGroupView } from './security-group.view.ts';

export const updateSecurityGroup = command({
  name: 'updateSecurityGroup',
  about: 'Gives a security group another name.',
  roles: everyRole,
  since: '1.0',
  event: 'SG.UPDATE',
  params: {
    id: param.ref(SecurityGroup, { required: true, access: 'operate', about: 'the security group' }),
    name: param.string({ about: 'its new name, unique in the account' }),
  },
  returns: securityGroupView,
  async execute({ id: group, name: wanted }, { tx }) {
    if (wanted !== undefined && wanted !== group.name) {
      if (group.isDefault) throw problem('denied', 'the default security group of an account keeps its name');
      const name = groupName(wanted);
      await unlessTaken(
        tx.update(SecurityGroup, { id: group.id }, { name }),
        `parameter name: the account has a security group named ${name} already; choose another name`,
      );
    }
    return rowById(securityGroupSource, tx, group.id);
  },
});
