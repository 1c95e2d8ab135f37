// Removes a detached volume: its file in primary or secondary storage, the room it holds in its pool, its row.
import { problem, volumeLifecycle } from '@strata/domain';
import { transition } from '../../kernel/db/transition.ts';
import { saga } from '../../kernel/jobs/saga.ts';
import { removeFromImageStore } from '../store-transfer/remove-from-image-store.ts';
import { forgetLinks, forgetTransfers } from '../store-transfer/forget-transfers.ts';
import { hostReaching } from '../storage-pool/reaching-hosts.ts';
import { StoragePool } from '../storage-pool/storage-pool.entity.ts';
import { Volume, volumePath } from './volume.entity.ts';

type DoomedVolume = {
  readonly volumeUuid: string;
  /** Null where there is no file. */
  readonly poolId: number | null;
  readonly imageStoreId: number | null;
};

export const removeVolume = saga<{ volumeId: number }>('deleteVolume')
  .rows('expunging', async ({ tx, input, clock }): Promise<DoomedVolume> => {
    const volume = await tx.findOneBy(Volume, { id: input.volumeId });
    if (!volume) throw problem('conflict', 'the volume was removed already');
    if (volume.vmId !== null)
      throw problem('inUse', `volume ${volume.name} is attached to a virtual machine: detach it first, or destroy the machine`);
    await transition(tx, Volume, volume, volumeLifecycle, 'expungeRequested');
    await forgetTransfers(tx, 'Volume', [volume.id]);
    await forgetLinks(tx, { subjectTypes: ['Volume'], subjectId: volume.id, zoneId: null }, clock);
    return { volumeUuid: volume.uuid, poolId: volume.poolId, imageStoreId: volume.imageStoreId };
  })
  .hosts('file', async ({ out, read, drivers }) => {
    const { volumeUuid, poolId, imageStoreId } = out.expunging;
    if (imageStoreId !== null) await removeFromImageStore(imageStoreId, volumePath(volumeUuid), read, drivers);
    if (poolId === null) return;
    const { uuid, server, path } = await read.findOneByOrFail(StoragePool, { id: poolId });
    const { driver, address } = await hostReaching(poolId, read, drivers);
    const mount = { uuid, server, path };
    await driver.mounts.ensure(address, mount);
    await driver.disks.remove(address, { mount, path: volumePath(volumeUuid) });
  })
  .rows('expunged', async ({ tx, input }) => {
    const volume = await tx.findOneBy(Volume, { id: input.volumeId });
    if (!volume) return;
    if (volume.poolId !== null)
      await tx.query('UPDATE storage_pool SET reserved_bytes = reserved_bytes - ? WHERE id = ?', [volume.sizeBytes, volume.poolId]);
    await tx.delete(Volume, { id: volume.id });
  });
