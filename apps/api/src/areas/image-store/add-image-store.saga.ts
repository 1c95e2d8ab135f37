// Adds secondary storage: a host of the zone must be able to use the export before it takes files.
import { problem } from '@strata/domain';
import { saga } from '../../kernel/jobs/saga.ts';
import { attachExport, detachExport, hostsUp } from '../storage-pool/attach-export.ts';
import { ImageStore } from './image-store.entity.ts';

type Attaching = {
  readonly uuid: string;
  readonly server: string;
  readonly path: string;
  readonly host: { readonly id: number; readonly name: string };
};

export const mountImageStore = saga<{ storeId: number }>('addImageStore')
  .rows(
    'attaching',
    async ({ tx, input }): Promise<Attaching> => {
      const { uuid, server, path, zoneId } = await tx.findOneByOrFail(ImageStore, { id: input.storeId });
      const [host] = await hostsUp(tx, { zoneId, clusterId: null });
      if (!host) throw problem('invalid', 'no host is Up in the zone that could mount the storage: add a host first');
      return { uuid, server, path, host: { id: host.id, name: host.name } };
    },
    async ({ tx, input }) => {
      await tx.delete(ImageStore, { id: input.storeId });
    },
  )
  .hosts(
    'mount',
    async ({ out, drivers }) => {
      const { host, ...mount } = out.attaching;
      const { totalBytes, usedBytes } = await attachExport(drivers, [host], mount);
      return { totalBytes, usedBytes };
    },
    async ({ out, drivers }) => {
      if (!out.attaching) return;
      const { host, ...mount } = out.attaching;
      await detachExport(drivers, [host], mount);
    },
  )
  .rows('ready', async ({ tx, input, out }) => {
    await tx.update(ImageStore, { id: input.storeId }, { ready: true, totalBytes: out.mount.totalBytes, usedBytes: out.mount.usedBytes });
  });
