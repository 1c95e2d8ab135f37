// Makes a link to the file of a volume that nothing writes to: to the one in secondary storage, or to a copy that goes with the link.
import { problem } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import { saga } from '../../kernel/jobs/saga.ts';
import { chooseImageStore } from '../image-store/choose-image-store.ts';
import { ImageStore } from '../image-store/image-store.entity.ts';
import { hostReaching } from '../storage-pool/reaching-hosts.ts';
import { StoragePool } from '../storage-pool/storage-pool.entity.ts';
import { ensureLink } from '../store-transfer/links.ts';
import { publishLink, showLink, withdrawLink } from '../store-transfer/publish-link.ts';
import { removeFromImageStore } from '../store-transfer/remove-from-image-store.ts';
import { StoreLink } from '../store-transfer/store-transfer.entity.ts';
import { VirtualMachine } from '../vm/virtual-machine.entity.ts';
import { Zone } from '../zone/zone.entity.ts';
import { Volume, volumePath } from './volume.entity.ts';

type Linked = {
  readonly linkId: number;
  readonly storeId: number;
  /** In the image store. */
  readonly path: string;
  /** Where it is copied from; null when it is there already. */
  readonly source: {
    readonly poolId: number;
    readonly path: string;
    readonly sizeBytes: number;
    /** Over a template, without which its own file is of no use. */
    readonly isLayer: boolean;
  } | null;
};

export const extractVolumeFile = saga<{ volumeId: number; accountId: number }>('extractVolume')
  .rows(
    'linked',
    async ({ tx, input, job, clock, settings }): Promise<Linked> => {
      const volume = await tx.findOneBy(Volume, { id: input.volumeId });
      if (!volume) throw problem('conflict', 'the volume was removed meanwhile');
      const place = await placeOf(tx, volume, job.uuid);
      const ownership = place.source === null ? 'shared' : 'own';
      const { storeId, path } = place;
      const link = {
        uuid: job.uuid,
        subjectType: 'Volume',
        subjectId: volume.id,
        accountId: input.accountId,
        storeId,
        zoneId: volume.zoneId,
        path,
        ownership,
      } as const;
      return { linkId: await ensureLink(tx, link, { clock, settings }), ...place };
    },
    async ({ tx, out }) => {
      if (out.linked) await tx.delete(StoreLink, { id: out.linked.linkId });
    },
  )
  .hosts(
    'file',
    async ({ out, read, drivers }) => {
      const { storeId, path, source } = out.linked;
      if (!source) return;
      const pool = mountOf(await read.findOneByOrFail(StoragePool, { id: source.poolId }));
      const store = mountOf(await read.findOneByOrFail(ImageStore, { id: storeId }));
      const { driver, address } = await hostReaching(source.poolId, read, drivers);
      await driver.mounts.ensure(address, pool);
      await driver.mounts.ensure(address, store);
      const [from, to] = [
        { mount: pool, path: source.path },
        { mount: store, path },
      ];
      if (source.isLayer) await driver.disks.flatten(address, from, to, source.sizeBytes);
      else await driver.disks.copy(address, from, to);
    },
    async ({ out, read, drivers }) => {
      if (out.linked?.source) await removeFromImageStore(out.linked.storeId, out.linked.path, read, drivers);
    },
  )
  .hosts(
    'published',
    async (step) => publishLink(step.out.linked.linkId, step),
    async (step) => {
      if (step.out.linked) await withdrawLink(step.out.linked.linkId, step);
    },
  )
  .rows('shown', async (step) => showLink(step.out.linked.linkId, step.out.published, step));

/** @throws inUse while its machine is not stopped; conflict while it has no file */
async function placeOf(tx: EntityManager, volume: Volume, linkUuid: string): Promise<Omit<Linked, 'linkId'>> {
  const vm = volume.vmId === null ? null : await tx.findOneByOrFail(VirtualMachine, { id: volume.vmId });
  if (vm && vm.state !== 'Stopped')
    throw problem(
      'inUse',
      `volume ${volume.name} is attached to virtual machine ${vm.name}, which is ${vm.state}: stop it first, the file would change while it is fetched`,
    );
  if (volume.state === 'Uploaded' && volume.imageStoreId !== null)
    return { storeId: volume.imageStoreId, path: volumePath(volume.uuid), source: null };
  if (volume.state !== 'Ready' || volume.poolId === null)
    throw problem('conflict', `volume ${volume.name} is ${volume.state} and has no file to fetch yet`);
  const store = await chooseImageStore(tx, await tx.findOneByOrFail(Zone, { id: volume.zoneId }));
  const { poolId, sizeBytes } = volume;
  const source = { poolId, path: volumePath(volume.uuid), sizeBytes, isLayer: volume.templateId !== null };
  return { storeId: store.id, path: `extract/${linkUuid}.qcow2`, source };
}

function mountOf({ uuid, server, path }: StoragePool | ImageStore) {
  return { uuid, server, path };
}
