// Writes the row of a key pair.
import { randomUUID } from 'node:crypto';
import { parseDisplayName, problem, type SshPublicKey } from '@strata/domain';
import type { CommandContext } from '../../kernel/command/command.ts';
import { rowById } from '../../kernel/command/source.ts';
import { unlessTaken } from '../../kernel/db/unique.ts';
import { type Owner, type OwnerParams, resolveOwner } from '../account/owner.ts';
import { fingerprintOf } from './key-material.ts';
import { SshKeyPair } from './ssh-key-pair.entity.ts';
import { type SshKeyPairRow, sshKeyPairSource } from './ssh-key-pair.view.ts';

export interface PairOwner {
  readonly name: string;
  readonly owner: Owner;
}

/** Whose the pair will be and how it is called. @throws invalid when the name can't be one; denied when the owner is not the caller's to act for */
export async function ownerOfPair(args: OwnerParams & { readonly name: string }, ctx: CommandContext): Promise<PairOwner> {
  const name = parseDisplayName(args.name, 'name');
  if (name.includes(',')) throw problem('invalid', 'parameter name holds a comma, which parts names in lists: choose another name');
  return { name, owner: await resolveOwner(args, ctx) };
}

/** @throws invalid when the account has a pair of that name */
export async function storeKeyPair(
  { name, owner }: PairOwner,
  { line, blobBase64 }: SshPublicKey,
  ctx: CommandContext,
): Promise<SshKeyPairRow> {
  const { identifiers } = await unlessTaken(
    ctx.tx.insert(SshKeyPair, {
      uuid: randomUUID(),
      name,
      accountId: owner.accountId,
      domainId: owner.domainId,
      fingerprint: fingerprintOf(blobBase64),
      publicKey: line,
      created: ctx.clock.now(),
    }),
    `parameter name: account ${owner.accountName} has a key pair named ${name} already; choose another name`,
  );
  return rowById(sshKeyPairSource, ctx.tx, (identifiers[0] as { id: number }).id);
}
