// Passwords that machines are given through their router: made here, kept sealed until the guest has taken them.
import { randomInt, randomUUID } from 'node:crypto';
import { problem } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import type { SecretBox } from '../../kernel/secrets/secret-box.ts';
import type { RowsStep } from '../../kernel/jobs/saga.ts';
import { VmPassword } from './vm-password.entity.ts';

/** Without characters that people take for each other. */
const kinds = ['abcdefghijkmnpqrstuvwxyz', 'ABCDEFGHJKLMNPQRSTUVWXYZ', '23456789'] as const;
const length = 12;

/** Has letters of both cases and a digit. */
export function newPassword(): string {
  const all = kinds.join('');
  for (;;) {
    const password = Array.from({ length }, () => all[randomInt(all.length)]).join('');
    if (kinds.every((kind) => [...kind].some((character) => password.includes(character)))) return password;
  }
}

/** @throws invalid when guests could not take it */
export function assertPassword(password: string): void {
  if (!/^[\x21-\x7e]{1,255}$/.test(password))
    throw problem('invalid', 'parameter password must have 1 to 255 printable ASCII characters without blanks');
}

/** The machine gets it when it asks next. */
export async function storePassword(
  { tx, secrets }: { readonly tx: EntityManager; readonly secrets: SecretBox },
  vmId: number,
  password: string,
): Promise<void> {
  await tx.upsert(VmPassword, { vmId, revision: randomUUID(), sealedPassword: secrets.seal(JSON.stringify({ password })) }, ['vmId']);
}

export function openPassword(secrets: SecretBox, sealed: string): string {
  return (JSON.parse(secrets.open(sealed)) as { password: string }).password;
}

/** Lets the job answer the password to who started it. */
export async function answerPassword({
  tx,
  input,
  keepResult,
}: Pick<RowsStep<{ readonly vmId: number }, unknown>, 'tx' | 'input' | 'keepResult'>): Promise<void> {
  const kept = await tx.findOneBy(VmPassword, { vmId: input.vmId });
  if (kept) await keepResult({ sealed: kept.sealedPassword });
}
