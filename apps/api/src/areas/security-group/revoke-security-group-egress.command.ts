// revokeSecurityGroupEgress
import { everyRole } from '../../kernel/command/caller.ts';
import { command, success } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { startRevoking } from './revoke.ts';
import { SecurityGroupRule } from './security-group.entity.ts';

export const revokeSecurityGroupEgress = command({
  name: 'revokeSecurityGroupEgress',
  about: 'Takes back a rule that lets traffic out of the machines of a security group. Connections that it had let through end as well.',
  roles: everyRole,
  since: '1.0',
  async: true,
  event: 'SG.REVOKE.EGRESS',
  params: {
    id: param.ref(SecurityGroupRule, { required: true, access: 'operate', about: 'the rule' }),
  },
  returns: success,
  execute: ({ id: rule }, ctx) => startRevoking('egress', rule, ctx),
});
