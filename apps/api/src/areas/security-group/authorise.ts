// What authorizeSecurityGroupIngress and authorizeSecurityGroupEgress share: their parameters, and the job that they start.
import { randomUUID } from 'node:crypto';
import { parseRuleCidrs, parseRuleTraffic, problem, type RuleDirection } from '@strata/domain';
import type { CommandContext } from '../../kernel/command/command.ts';
import { type ArgsOf, param } from '../../kernel/command/param.ts';
import type { StartedJob } from '../../kernel/jobs/saga.ts';
import { Account } from '../account/account.entity.ts';
import { ownerParams } from '../account/owner.ts';
import { authoriseRules, type RulePeer } from './change-rules.saga.ts';
import { chooseGroup } from './choose-group.ts';
import { SecurityGroup } from './security-group.entity.ts';

export const authoriseParams = {
  securitygroupid: param.ref(SecurityGroup, { access: 'operate', about: 'the security group' }),
  securitygroupname: param.string({ about: 'the security group by its name instead of its id' }),
  protocol: param.string({ about: 'TCP, UDP, ICMP, ALL or the number of another protocol; ALL when absent' }),
  startport: param.integer({ about: 'the first port, with TCP and UDP' }),
  endport: param.integer({ about: 'the last port, with TCP and UDP' }),
  icmptype: param.integer({ about: 'the ICMP type; -1 for every one' }),
  icmpcode: param.integer({ about: 'the ICMP code; -1 for every one' }),
  cidrlist: param.strings({ about: 'the subnets at the other end, as address/prefix' }),
  usersecuritygrouplist: param.rows({ about: 'the groups whose members are at the other end, each as account and group' }),
  ...ownerParams,
};

/** More than anyone writes by hand; each is a row that every filter of the group holds. */
const mostPeers = 500;

export async function startAuthorising(
  direction: RuleDirection,
  args: ArgsOf<typeof authoriseParams>,
  ctx: CommandContext,
): Promise<StartedJob> {
  const group = await chooseGroup(args, ctx);
  const traffic = parseRuleTraffic(args);
  const peers: RulePeer[] = [
    ...parseRuleCidrs(args.cidrlist ?? []).map((cidr) => ({ cidr })),
    ...(await groupsNamed(args.usersecuritygrouplist ?? [], group, ctx)),
  ];
  if (peers.length === 0)
    throw problem('invalid', 'at least one subnet or security group has to be at the other end: send cidrlist or usersecuritygrouplist');
  if (peers.length > mostPeers) throw problem('invalid', `${peers.length} subnets and groups in one call: ${mostPeers} are possible`);
  const uuids = peers.map(() => randomUUID());
  return ctx.jobs.start(
    authoriseRules,
    { groupId: group.id, direction, traffic: { ...traffic }, uuids, peers },
    { subject: { type: 'SecurityGroup', id: group.id, uuid: group.uuid, accountId: group.accountId } },
  );
}

/** Accounts are looked for in the domain of the group that gets the rule. @throws invalid for names that nothing has */
async function groupsNamed(
  entries: readonly Readonly<Record<string, string>>[],
  group: SecurityGroup,
  { tx }: CommandContext,
): Promise<RulePeer[]> {
  const ids = new Set<number>();
  for (const { account: accountName, group: groupName } of entries) {
    if (!accountName || !groupName) throw problem('invalid', 'each entry of usersecuritygrouplist needs account and group');
    const account = await tx.findOneBy(Account, { domainId: group.domainId, name: accountName });
    if (!account) throw problem('invalid', `parameter usersecuritygrouplist: the domain has no account named ${accountName}`);
    const peer = await tx.findOneBy(SecurityGroup, { accountId: account.id, name: groupName });
    if (!peer) throw problem('invalid', `parameter usersecuritygrouplist: account ${accountName} has no security group named ${groupName}`);
    ids.add(peer.id);
  }
  return [...ids].map((peerGroupId) => ({ peerGroupId }));
}
