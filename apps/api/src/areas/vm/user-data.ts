// User data of machines: checked base64, kept sealed beside the machine's row, since passwords for guests stand in it.
import { randomUUID } from 'node:crypto';
import { parseUserData } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import { param } from '../../kernel/command/param.ts';
import type { SecretBox } from '../../kernel/secrets/secret-box.ts';
import { VmUserData } from './virtual-machine.entity.ts';

/** One MiB in base64, with some room for padding and line ends that clients leave in. */
const maxBase64Length = 1_420_000;

export const userDataParam = param.string({
  about: 'user data for the guest, in base64: up to 32 KiB by GET, 1 MiB by POST',
  maxLength: maxBase64Length,
  secret: true,
});

type Tools = { readonly tx: EntityManager; readonly secrets: SecretBox };

/** Empty text forgets what was there. @throws invalid when it is not base64 or too large */
export async function storeUserData({ tx, secrets }: Tools, vmId: number, text: string): Promise<void> {
  // A GET can't be longer than the HTTP server takes, which is the smaller bound already.
  const { base64 } = parseUserData(text, 'POST');
  if (base64 === '') await tx.delete(VmUserData, { vmId });
  else await tx.upsert(VmUserData, { vmId, userData: secrets.seal(base64), revision: randomUUID() }, ['vmId']);
}

/** @returns base64; null when there is none */
export async function readUserData({ tx, secrets }: Tools, vmId: number): Promise<string | null> {
  const row = await tx.findOneBy(VmUserData, { vmId });
  return row && secrets.open(row.userData);
}
