// Which groups a machine is in: chosen when it is deployed or changed, else the default group of its account.
import { randomUUID } from 'node:crypto';
import { problem } from '@strata/domain';
import { type EntityManager, In } from 'typeorm';
import { param } from '../../kernel/command/param.ts';
import { SecurityGroup, SecurityGroupRule, VmSecurityGroup } from './security-group.entity.ts';

/** For commands that put a machine into groups. */
export const groupParams = {
  securitygroupids: param.refs(SecurityGroup, {
    access: 'use',
    about: "the security groups it is in; the account's default group when absent",
  }),
  securitygroupnames: param.strings({ about: 'the same by names instead of ids' }),
};

interface GroupArgs {
  readonly securitygroupids?: readonly SecurityGroup[] | undefined;
  readonly securitygroupnames?: readonly string[] | undefined;
}

const defaultName = 'default';
const defaultDescription = 'Default Security Group';

/**
 * The ids of the groups named, each once; undefined when none is.
 * @throws invalid for groups that are not the account's, in both spellings at once, or in a zone without security groups
 */
export async function chooseGroups(
  tx: EntityManager,
  zone: { readonly name: string; readonly securityGroupsEnabled: boolean },
  accountId: number,
  { securitygroupids: groups, securitygroupnames: names }: GroupArgs,
): Promise<number[] | undefined> {
  if (!groups?.length && !names?.length) return undefined;
  if (groups?.length && names?.length)
    throw problem('invalid', 'securitygroupids and securitygroupnames exclude each other: send one of them');
  if (!zone.securityGroupsEnabled)
    throw problem('invalid', `zone ${zone.name} has no security groups: leave securitygroupids and securitygroupnames out`);
  if (groups?.length) {
    const foreign = groups.find((group) => group.accountId !== accountId);
    if (foreign)
      throw problem('invalid', `parameter securitygroupids: group ${foreign.name} belongs to another account than the virtual machine`);
    return [...new Set(groups.map(({ id }) => id))];
  }
  const wanted = [...new Set(names!.map((name) => name.toLowerCase()))];
  if (wanted.includes(defaultName)) await ensureDefaultGroup(tx, accountId);
  const found = await tx.findBy(SecurityGroup, { accountId, name: In(wanted) });
  const missing = wanted.find((name) => !found.some((group) => group.name.toLowerCase() === name));
  if (missing !== undefined) throw problem('invalid', `parameter securitygroupnames: the account has no security group named ${missing}`);
  return found.map(({ id }) => id);
}

/** Puts a new machine into the groups chosen, or into the default group of its account. */
export async function enterGroups(
  tx: EntityManager,
  vm: { readonly id: number; readonly accountId: number },
  groupIds: readonly number[] | undefined,
): Promise<void> {
  if (groupIds) {
    await tx.insert(
      VmSecurityGroup,
      groupIds.map((groupId) => ({ vmId: vm.id, groupId })),
    );
    return;
  }
  const insert = () =>
    tx.query<{ affectedRows: number }>(
      'INSERT INTO vm_security_group (vm_id, group_id) SELECT ?, id FROM security_group WHERE account_id = ? AND is_default',
      [vm.id, vm.accountId],
    );
  const { affectedRows } = await insert();
  if (affectedRows > 0) return;
  await ensureDefaultGroup(tx, vm.accountId);
  await insert();
}

export async function changeGroups(tx: EntityManager, vmId: number, groupIds: readonly number[]): Promise<void> {
  await tx.delete(VmSecurityGroup, { vmId });
  await tx.insert(
    VmSecurityGroup,
    groupIds.map((groupId) => ({ vmId, groupId })),
  );
}

/** There already: fine, also when several requests are the first at once. */
export async function ensureDefaultGroup(tx: EntityManager, accountId: number): Promise<void> {
  await tx.query(
    `INSERT IGNORE INTO security_group (uuid, name, description, account_id, domain_id, is_default, created)
     SELECT ?, ?, ?, id, domain_id, 1, ? FROM account WHERE id = ?`,
    [randomUUID(), defaultName, defaultDescription, new Date(), accountId],
  );
}

/** With the rules of other accounts that name them. */
export async function deleteGroupsOf(tx: EntityManager, accountId: number): Promise<void> {
  const ids = (await tx.findBy(SecurityGroup, { accountId })).map(({ id }) => id);
  if (ids.length === 0) return;
  await tx.delete(SecurityGroupRule, { groupId: In(ids) });
  await tx.delete(SecurityGroupRule, { peerGroupId: In(ids) });
  await tx.delete(SecurityGroup, { id: In(ids) });
}
