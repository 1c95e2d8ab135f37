// The security group and its rules as answers show them, and how their rows are read.
import { formatDomainPath, type RuleDirection } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import { selectRows, source, Where } from '../../kernel/command/source.ts';
import { field, view } from '../../kernel/command/view.ts';

export interface RuleRow {
  readonly id: number;
  readonly uuid: string;
  readonly groupId: number;
  /** Of the first rule that came with it. */
  readonly callUuid: string;
  readonly direction: RuleDirection;
  readonly protocol: string;
  readonly startPort: number | null;
  readonly endPort: number | null;
  readonly icmpType: number | null;
  readonly icmpCode: number | null;
  readonly cidr: string | null;
  readonly peerName: string | null;
  readonly peerAccount: string | null;
}

const ruleSource = source<RuleRow>({
  from: 'security_group_rule r',
  joins: ['LEFT JOIN security_group p ON p.id = r.peer_group_id', 'LEFT JOIN account pa ON pa.id = p.account_id'],
  columns: {
    id: 'r.id',
    uuid: 'r.uuid',
    groupId: 'r.group_id',
    callUuid: 'r.call_uuid',
    direction: 'r.direction',
    protocol: 'r.protocol',
    startPort: 'r.start_port',
    endPort: 'r.end_port',
    icmpType: 'r.icmp_type',
    icmpCode: 'r.icmp_code',
    cidr: 'r.cidr',
    peerName: 'p.name',
    peerAccount: 'pa.name',
  },
});

const ruleView = view<RuleRow>('securitygrouprule', {
  ruleid: field.string('the id of the rule', (rule) => rule.uuid),
  protocol: field.string('tcp, udp, icmp, all or the number of another protocol', (rule) => rule.protocol),
  startport: field.integer('the first port', (rule) => rule.startPort),
  endport: field.integer('the last port', (rule) => rule.endPort),
  icmptype: field.integer('the ICMP type; -1 for every one', (rule) => rule.icmpType),
  icmpcode: field.integer('the ICMP code; -1 for every one', (rule) => rule.icmpCode),
  cidr: field.string('the subnet at the other end', (rule) => rule.cidr),
  securitygroupname: field.string('the group whose members are at the other end', (rule) => rule.peerName),
  account: field.string('the account of that group', (rule) => rule.peerAccount),
  tags: field.strings('its tags', () => []),
});

export interface SecurityGroupRow {
  readonly id: number;
  readonly uuid: string;
  readonly name: string;
  readonly description: string;
  readonly accountName: string;
  readonly domainUuid: string;
  readonly domainName: string;
  readonly domainPath: string;
  rules?: readonly RuleRow[];
  vmUuids?: readonly string[];
}

const groupJoins = ['JOIN account a ON a.id = g.account_id', 'JOIN domain d ON d.id = g.domain_id'];
const groupColumns = {
  id: 'g.id',
  uuid: 'g.uuid',
  name: 'g.name',
  description: 'g.description',
  accountName: 'a.name',
  domainUuid: 'd.uuid',
  domainName: 'd.name',
  domainPath: 'd.path',
};

export const securityGroupSource = source<SecurityGroupRow>({
  from: 'security_group g',
  joins: groupJoins,
  columns: groupColumns,
  attach: async (groups, read) => {
    const ids = groups.map(({ id }) => id);
    const rules = Map.groupBy(await selectRows(ruleSource, read, new Where().in('r.group_id', ids)), ({ groupId }) => groupId);
    for (const group of groups) group.rules = rules.get(group.id) ?? [];
    await attachMachines(groups, read);
  },
});

/** A group with the rules of one call alone: found by the first of them. */
export const authorisedSource = source<SecurityGroupRow & { readonly callUuid: string }>({
  from: 'security_group_rule c',
  joins: ['JOIN security_group g ON g.id = c.group_id', ...groupJoins],
  columns: { ...groupColumns, callUuid: 'c.uuid' },
  attach: async (groups, read) => {
    const calls = groups.map(({ callUuid }) => callUuid);
    const rules = Map.groupBy(await selectRows(ruleSource, read, new Where().in('r.call_uuid', calls)), ({ callUuid }) => callUuid);
    for (const group of groups) group.rules = rules.get(group.callUuid) ?? [];
    await attachMachines(groups, read);
  },
});

async function attachMachines(groups: readonly SecurityGroupRow[], read: EntityManager): Promise<void> {
  const rows = await read.query<{ groupId: number; uuid: string }[]>(
    `SELECT m.group_id AS groupId, vm.uuid FROM vm_security_group m JOIN virtual_machine vm ON vm.id = m.vm_id
     WHERE m.group_id IN (?) ORDER BY vm.id`,
    [groups.map(({ id }) => id)],
  );
  const byGroup = Map.groupBy(rows, ({ groupId }) => groupId);
  for (const group of groups) group.vmUuids = (byGroup.get(group.id) ?? []).map(({ uuid }) => uuid);
}

const rulesOf = (direction: RuleDirection) => (group: SecurityGroupRow) => group.rules?.filter((rule) => rule.direction === direction);

export const securityGroupView = view<SecurityGroupRow>('securitygroup', {
  id: field.string('the id of the security group', (group) => group.uuid),
  name: field.string('its name', (group) => group.name),
  description: field.string('what it is for', (group) => group.description),
  account: field.string('the account it belongs to', (group) => group.accountName),
  domainid: field.string('the domain of that account', (group) => group.domainUuid),
  domain: field.string('the name of that domain', (group) => group.domainName),
  domainpath: field.string('the path of that domain', (group) => formatDomainPath(group.domainPath)),
  ingressrule: field.list('what it lets in', ruleView, rulesOf('ingress')),
  egressrule: field.list('what it lets out; without any, everything', ruleView, rulesOf('egress')),
  virtualmachinecount: field.integer('how many machines are in it', (group) => group.vmUuids?.length),
  virtualmachineids: field.strings('the machines that are in it', (group) => group.vmUuids),
  tags: field.strings('its tags', () => []),
});
