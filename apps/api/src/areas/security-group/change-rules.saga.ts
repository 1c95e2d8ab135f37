// Authorises and revokes rules: rows first, then the filters of the machines in the group, at once where their hosts answer.
import { type Problem, problem, type RuleDirection, type RuleTraffic } from '@strata/domain';
import { In } from 'typeorm';
import { type RowsStep, saga } from '../../kernel/jobs/saga.ts';
import { placesOfGroup, refreshFilters } from './guest-filters.ts';
import { SecurityGroup, SecurityGroupRule } from './security-group.entity.ts';

/** At the other end: a subnet or a group. */
export type RulePeer = { readonly cidr: string } | { readonly peerGroupId: number };

// Type aliases, not interfaces: only they are assignable to JSON.
export type AuthoriseInput = {
  readonly groupId: number;
  readonly direction: RuleDirection;
  readonly traffic: { readonly [K in keyof RuleTraffic]: RuleTraffic[K] };
  /** Of the rules to be, in the order of `peers`; the first names the call. */
  readonly uuids: readonly string[];
  readonly peers: readonly RulePeer[];
};
type RevokeInput = { readonly groupId: number; readonly ruleId: number };
type KeptRule = { readonly [K in keyof SecurityGroupRule]: SecurityGroupRule[K] };

export const authoriseRules = saga<AuthoriseInput>('authorizeSecurityGroup')
  .rows('rules', insertRules, async ({ tx, input }) => {
    await tx.delete(SecurityGroupRule, { uuid: In([...input.uuids]) });
  })
  .hosts('filters', async (step) => refreshFilters(await placesOfGroup(step.read, step.input.groupId), step));

export const revokeRule = saga<RevokeInput>('revokeSecurityGroupRule')
  .rows('rule', takeRule, async ({ tx, out }) => {
    if (out.rule && !(await tx.existsBy(SecurityGroupRule, { id: out.rule.id }))) await tx.insert(SecurityGroupRule, out.rule);
  })
  .hosts('filters', async (step) => refreshFilters(await placesOfGroup(step.read, step.input.groupId), step));

/** Peers that the group has such a rule for already get no second one. @throws ruleConflict when that is so for all of them */
async function insertRules({ tx, input, keepResult }: RowsStep<AuthoriseInput, object>): Promise<void> {
  const { groupId, direction, traffic, uuids, peers } = input;
  const group = await tx.findOne(SecurityGroup, { where: { id: groupId }, lock: { mode: 'pessimistic_write' } });
  if (!group) throw groupGone();
  const alike = (await tx.findBy(SecurityGroupRule, { groupId, direction })).filter(
    (rule) =>
      rule.protocol === traffic.protocol &&
      rule.startPort === traffic.startPort &&
      rule.endPort === traffic.endPort &&
      rule.icmpType === traffic.icmpType &&
      rule.icmpCode === traffic.icmpCode,
  );
  const done = alike.find(({ uuid }) => uuid === uuids[0]);
  if (done) return;
  const isNew = (peer: RulePeer) =>
    !alike.some((rule) => ('cidr' in peer ? rule.cidr === peer.cidr : rule.peerGroupId === peer.peerGroupId));
  const rules = peers
    .filter(isNew)
    .map((peer, at) => ({ uuid: uuids[at]!, groupId, callUuid: uuids[0]!, direction, ...traffic, cidr: null, peerGroupId: null, ...peer }));
  if (rules.length === 0) throw problem('ruleConflict', `security group ${group.name} has this rule already: nothing was changed`);
  const { identifiers } = await tx.insert(SecurityGroupRule, rules);
  await keepResult({ type: 'AuthorisedRules', id: (identifiers[0] as { id: number }).id });
}

/** Gone already: fine. */
async function takeRule({ tx, input }: RowsStep<RevokeInput, object>): Promise<KeptRule | undefined> {
  const rule = await tx.findOneBy(SecurityGroupRule, { id: input.ruleId });
  if (!rule) return undefined;
  await tx.delete(SecurityGroupRule, { id: rule.id });
  return { ...rule };
}

function groupGone(): Problem {
  return problem('conflict', 'the security group was deleted meanwhile');
}
