// What revokeSecurityGroupIngress and revokeSecurityGroupEgress share.
import { type RuleDirection } from '@strata/domain';
import type { CommandContext } from '../../kernel/command/command.ts';
import { noSuchEntity } from '../../kernel/command/param.ts';
import type { StartedJob } from '../../kernel/jobs/saga.ts';
import { revokeRule } from './change-rules.saga.ts';
import { SecurityGroup, type SecurityGroupRule } from './security-group.entity.ts';

/** @throws invalid for a rule of the other direction */
export async function startRevoking(direction: RuleDirection, rule: SecurityGroupRule, { tx, jobs }: CommandContext): Promise<StartedJob> {
  if (rule.direction !== direction) throw noSuchEntity('id', rule.uuid);
  const group = await tx.findOneByOrFail(SecurityGroup, { id: rule.groupId });
  const { id, uuid, accountId } = group;
  return jobs.start(revokeRule, { groupId: id, ruleId: rule.id }, { subject: { type: 'SecurityGroup', id, uuid, accountId } });
}
