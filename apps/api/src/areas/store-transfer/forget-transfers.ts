// Takes back what secondary-storage machines were asked for: they end what no row asks for any more.
import { type EntityManager, In } from 'typeorm';
import type { Clock } from '../../kernel/clock.ts';
import { StoreLink, StoreTransfer } from './store-transfer.entity.ts';

export async function forgetTransfers(
  tx: EntityManager,
  subjectType: StoreTransfer['subjectType'],
  subjectIds: readonly number[],
): Promise<void> {
  if (subjectIds.length > 0) await tx.delete(StoreTransfer, { subjectType, subjectId: In([...subjectIds]) });
}

interface Linked {
  readonly subjectTypes: readonly StoreLink['subjectType'][];
  readonly subjectId: number;
  /** Null: in every zone. */
  readonly zoneId: number | null;
}

/** A link with a file of its own expires instead: its row is what tells that the file is still to be removed. */
export async function forgetLinks(tx: EntityManager, { subjectTypes, subjectId, zoneId }: Linked, clock: Clock): Promise<void> {
  const which = { subjectType: In([...subjectTypes]), subjectId, ...(zoneId !== null && { zoneId }) };
  await tx.delete(StoreLink, { ...which, ownership: 'shared' });
  await tx.update(StoreLink, { ...which, ownership: 'own' }, { expiresAt: clock.now() });
}
