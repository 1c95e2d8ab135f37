// The security group that a command names by id, or by name and owner.
import { problem } from '@strata/domain';
import type { CommandContext } from '../../kernel/command/command.ts';
import { type OwnerParams, resolveOwner } from '../account/owner.ts';
import { SecurityGroup } from './security-group.entity.ts';

interface GroupArgs extends OwnerParams {
  readonly securitygroupid?: SecurityGroup | undefined;
  readonly securitygroupname?: string | undefined;
}

/** @throws invalid when neither names one */
export async function chooseGroup(args: GroupArgs, ctx: CommandContext): Promise<SecurityGroup> {
  const { securitygroupid: group, securitygroupname: name } = args;
  if (group && name !== undefined) throw problem('invalid', 'the security group is named by its id and by its name: send one of them');
  if (group) return group;
  if (name === undefined) throw problem('invalid', 'no security group is named: send its id or its name');
  const owner = await resolveOwner(args, ctx);
  const found = await ctx.tx.findOneBy(SecurityGroup, { accountId: owner.accountId, name });
  if (!found) throw problem('invalid', `account ${owner.accountName} has no security group named ${name}`);
  return found;
}
