// User data of machines: checked base64, kept beside the machine's row.
import { parseUserData } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import { param } from '../../kernel/command/param.ts';
import { VmUserData } from './virtual-machine.entity.ts';

/** One MiB in base64, with some room for padding and line ends that clients leave in. */
const maxBase64Length = 1_420_000;

export const userDataParam = param.string({
  about: 'user data for the guest, in base64: up to 32 KiB by GET, 1 MiB by POST',
  maxLength: maxBase64Length,
  secret: true,
});

/** Empty text forgets what was there. @throws invalid when it is not base64 or too large */
export async function storeUserData(tx: EntityManager, vmId: number, text: string): Promise<void> {
  // A GET can't be longer than the HTTP server takes, which is the smaller bound already.
  const { base64 } = parseUserData(text, 'POST');
  await tx.upsert(VmUserData, { vmId, userData: base64 }, ['vmId']);
}
