// deleteSSHKeyPair
import { problem } from '@strata/domain';
import { everyRole } from '../../kernel/command/caller.ts';
import { command, type CommandContext, success } from '../../kernel/command/command.ts';
import { noSuchEntity, param } from '../../kernel/command/param.ts';
import { findNamedAccount, ownerParams, type OwnerParams } from '../account/owner.ts';
import { SshKeyPair } from './ssh-key-pair.entity.ts';

export const deleteSSHKeyPair = command({
  name: 'deleteSSHKeyPair',
  about: 'Deletes an SSH key pair. Machines that were given its public key keep it.',
  roles: everyRole,
  since: '1.0',
  event: 'DELETE.SSH.KEYPAIR',
  params: {
    name: param.string({ required: true, about: 'the name of the key pair' }),
    ...ownerParams,
    account: param.string({ about: 'the account that owns it; needs domainid unless it is in the own domain' }),
  },
  returns: success,
  async execute(args, ctx) {
    const owner = await ownerOf(args, ctx);
    const { affected } = await ctx.tx.delete(SshKeyPair, { accountId: owner.id, name: args.name });
    if (affected === 0) throw problem('invalid', `parameter name: account ${owner.name} has no key pair named ${args.name}`);
  },
});

/** Unlike the owner of something new, the account may be disabled. */
async function ownerOf({ account, domainid, projectid }: OwnerParams, ctx: CommandContext): Promise<{ id: number; name: string }> {
  if (projectid !== undefined && projectid !== '-1') throw noSuchEntity('projectid', projectid);
  if (account === undefined) return { id: ctx.caller.accountId, name: ctx.caller.accountName };
  return (await findNamedAccount(account, domainid, ctx, 'operate')).account;
}
