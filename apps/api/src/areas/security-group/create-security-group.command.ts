// createSecurityGroup
import { randomUUID } from 'node:crypto';
import { everyRole } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { rowById } from '../../kernel/command/source.ts';
import { unlessTaken } from '../../kernel/db/unique.ts';
import { ownerParams, resolveOwner } from '../account/owner.ts';
import { groupName } from './group-name.ts';
import { SecurityGroup } from './security-group.entity.ts';
import { securityGroupSource, securityGroupView } from './security-group.view.ts';

export const createSecurityGroup = command({
  name: 'createSecurityGroup',
  about: 'Creates a security group. Without rules it lets nothing in and everything out.',
  roles: everyRole,
  since: '1.0',
  event: 'SG.CREATE',
  params: {
    name: param.string({ required: true, about: 'its name, unique in the account' }),
    description: param.string({ about: 'what it is for' }),
    ...ownerParams,
  },
  returns: securityGroupView,
  async execute(args, ctx) {
    const { accountId, domainId, accountName } = await resolveOwner(args, ctx);
    const name = groupName(args.name);
    const row = {
      uuid: randomUUID(),
      name,
      description: args.description ?? '',
      accountId,
      domainId,
      isDefault: false,
      created: ctx.clock.now(),
    };
    const { identifiers } = await unlessTaken(
      ctx.tx.insert(SecurityGroup, row),
      `parameter name: account ${accountName} has a security group named ${name} already; choose another name`,
    );
    return rowById(securityGroupSource, ctx.tx, (identifiers[0] as { id: number }).id);
  },
});
