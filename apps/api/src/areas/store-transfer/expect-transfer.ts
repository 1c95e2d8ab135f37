// Writes down that a file is to come into an image store; the reconciler has the zone's secondary-storage machine fetch or take it.
import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import type { Clock } from '../../kernel/clock.ts';
import type { ImageStore } from '../image-store/image-store.entity.ts';
import { StoreTransfer } from './store-transfer.entity.ts';

interface Expected extends Pick<StoreTransfer, 'kind' | 'subjectType' | 'subjectId' | 'format' | 'path' | 'url' | 'checksum'> {
  readonly store: Pick<ImageStore, 'id' | 'zoneId'>;
  readonly systemVmId?: number;
  readonly expiresAt?: Date;
}

/** An earlier attempt for the same thing is forgotten. */
export async function expectTransfer(
  tx: EntityManager,
  clock: Clock,
  { store, systemVmId, expiresAt, ...rest }: Expected,
): Promise<StoreTransfer> {
  await tx.delete(StoreTransfer, { subjectType: rest.subjectType, subjectId: rest.subjectId });
  const transfer = tx.create(StoreTransfer, {
    uuid: randomUUID(),
    ...rest,
    storeId: store.id,
    zoneId: store.zoneId,
    systemVmId: systemVmId ?? null,
    bytesDone: 0,
    bytesTotal: null,
    bytesPerSecond: 0,
    waiting: '',
    expiresAt: expiresAt ?? null,
    created: clock.now(),
  });
  await tx.insert(StoreTransfer, transfer);
  return transfer;
}
