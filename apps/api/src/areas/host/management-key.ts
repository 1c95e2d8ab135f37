// The installation's SSH key pair: made when it is first needed, its private half readable only with the master key.
import { randomUUID } from 'node:crypto';
import { problem } from '@strata/domain';
import { generateManagementKey } from '@strata/hypervisor';
import type { EntityManager } from 'typeorm';
import type { SecretBox } from '../../kernel/secrets/secret-box.ts';
import { ManagementKey } from './management-key.entity.ts';

export interface ManagementKeyPair {
  readonly privateKeyPem: string;
  /** With the comment `strata management key <installation>`. */
  readonly publicKeyOpenSsh: string;
}

const theOnlyRow = 1;

/** Several servers may ask at once: the row that was first counts. @throws Problem `unavailable` when it was sealed with another master key */
export async function ensureManagementKey(manager: EntityManager, secrets: SecretBox): Promise<ManagementKeyPair> {
  const row = (await manager.findOneBy(ManagementKey, { id: theOnlyRow })) ?? (await makeKey(manager, secrets));
  try {
    return { privateKeyPem: secrets.open(row.sealedPrivateKey), publicKeyOpenSsh: row.publicKey };
  } catch (cause) {
    throw problem(
      'unavailable',
      'the key with which hosts are reached cannot be read: the master key (master.key in the data folder) is another than the one it was sealed with; restore that file',
      { cause },
    );
  }
}

async function makeKey(manager: EntityManager, secrets: SecretBox): Promise<ManagementKey> {
  const { privateKeyPem, publicKeyOpenSsh } = generateManagementKey(`strata management key ${randomUUID()}`);
  await manager.query('INSERT IGNORE INTO management_key (id, public_key, sealed_private_key) VALUES (?, ?, ?)', [
    theOnlyRow,
    publicKeyOpenSsh.trim(),
    secrets.seal(privateKeyPem),
  ]);
  return manager.findOneByOrFail(ManagementKey, { id: theOnlyRow });
}
