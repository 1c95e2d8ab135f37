// Which public keys a machine is given: chosen by name when it is deployed, read for its metadata, replaced later.
import { problem } from '@strata/domain';
import { type EntityManager, In } from 'typeorm';
import { param } from '../../kernel/command/param.ts';
import { SshKeyPair } from './ssh-key-pair.entity.ts';
import { VmSshKey } from './vm-ssh-key.entity.ts';

/** For commands that give keys to a machine; `keypair` is the older of the two. */
export const keyPairParams = {
  keypair: param.string({ about: "the name of the SSH key pair whose public key is put on the machine; one of the owner's" }),
  keypairs: param.strings({ about: 'the names of several such key pairs' }),
};

interface KeyPairArgs {
  readonly keypair?: string | undefined;
  readonly keypairs?: readonly string[] | undefined;
}

/**
 * The pairs named, in the order of the request and each once; no statement when none is.
 * @throws invalid when the account has no pair of such a name
 */
export async function findKeyPairs(tx: EntityManager, accountId: number, args: KeyPairArgs): Promise<SshKeyPair[]> {
  const names = [...new Set([...(args.keypair === undefined ? [] : [args.keypair]), ...(args.keypairs ?? [])])];
  if (names.length === 0) return [];
  const pairs = await tx.findBy(SshKeyPair, { accountId, name: In(names) });
  const found = names.map((name) => {
    const pair = pairs.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
    if (!pair) throw problem('invalid', `there is no key pair named ${name} in the account: create or register it, or send another name`);
    return pair;
  });
  return [...new Set(found)];
}

/** Replaces the keys of a machine by those of these pairs. */
export async function giveKeys(tx: EntityManager, vmId: number, pairs: readonly SshKeyPair[]): Promise<void> {
  await tx.delete(VmSshKey, { vmId });
  await insertKeys(tx, vmId, pairs);
}

/** For a machine that has none yet. */
export async function insertKeys(tx: EntityManager, vmId: number, pairs: readonly SshKeyPair[]): Promise<void> {
  if (pairs.length === 0) return;
  await tx.insert(
    VmSshKey,
    pairs.map(({ name, publicKey }, position) => ({ vmId, position, name, publicKey })),
  );
}

/** The lines for the machine's authorized_keys. */
export async function keysOf(read: EntityManager, vmId: number): Promise<string[]> {
  const keys = await read.find(VmSshKey, { where: { vmId }, order: { position: 'ASC' } });
  return keys.map(({ publicKey }) => publicKey);
}
