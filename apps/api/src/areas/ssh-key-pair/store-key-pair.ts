// Writes the row of a key pair.
import { randomUUID } from 'node:crypto';
import { parseDisplayName, parseSshPublicKey, problem } from '@strata/domain';
import type { CommandContext } from '../../kernel/command/command.ts';
import { rowById } from '../../kernel/command/source.ts';
import { unlessTaken } from '../../kernel/db/unique.ts';
import { type OwnerParams, resolveOwner } from '../account/owner.ts';
import { fingerprintOf } from './key-material.ts';
import { SshKeyPair } from './ssh-key-pair.entity.ts';
import { type SshKeyPairRow, sshKeyPairSource } from './ssh-key-pair.view.ts';

/** @throws invalid when the key is none or the account has a pair of that name */
export async function storeKeyPair(
  args: OwnerParams & { readonly name: string },
  publicKey: string,
  ctx: CommandContext,
): Promise<SshKeyPairRow> {
  const name = parseDisplayName(args.name, 'name');
  if (name.includes(',')) throw problem('invalid', 'parameter name holds a comma, which parts names in lists: choose another name');
  const { line, blobBase64 } = parseSshPublicKey(publicKey);
  const owner = await resolveOwner(args, ctx);
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
