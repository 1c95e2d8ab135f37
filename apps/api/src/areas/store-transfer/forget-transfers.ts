// Takes back what secondary-storage machines were asked for: they end what no row asks for any more.
import { type EntityManager, In } from 'typeorm';
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

export async function forgetLinks(tx: EntityManager, { subjectTypes, subjectId, zoneId }: Linked): Promise<void> {
  await tx.delete(StoreLink, { subjectType: In([...subjectTypes]), subjectId, ...(zoneId !== null && { zoneId }) });
}
