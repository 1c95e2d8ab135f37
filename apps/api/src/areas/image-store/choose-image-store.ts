// Which secondary storage of a zone takes a new file: the one with the most room.
import { problem } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import { ImageStore } from './image-store.entity.ts';

/** @throws unavailable when the zone has none that takes files */
export async function chooseImageStore(tx: EntityManager, zone: { readonly id: number; readonly name: string }): Promise<ImageStore> {
  const stores = await tx.findBy(ImageStore, { zoneId: zone.id, ready: true, readOnly: false });
  const [best] = stores.sort((a, b) => b.totalBytes - b.usedBytes - (a.totalBytes - a.usedBytes) || a.id - b.id);
  if (!best)
    throw problem(
      'unavailable',
      `zone ${zone.name} has no secondary storage that takes files: add one with addImageStore, or make one writable with updateImageStore`,
    );
  return best;
}
