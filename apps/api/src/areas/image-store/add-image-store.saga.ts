// Adds secondary storage: a host of the zone must be able to use the export before it takes files.
import { problem } from '@strata/domain';
import { saga } from '../../kernel/jobs/saga.ts';
import { attachExport, detachExport } from '../storage-pool/attach-export.ts';
import { ImageStore } from './image-store.entity.ts';
import { hostsToTry, onAnyHost } from './try-hosts.ts';

type Attaching = {
  readonly uuid: string;
  readonly server: string;
  readonly path: string;
  readonly hosts: readonly { readonly id: number; readonly name: string; readonly hypervisor: string }[];
};

export const mountImageStore = saga<{ storeId: number }>('addImageStore')
  .rows(
    'attaching',
    async ({ tx, input }): Promise<Attaching> => {
      const { uuid, server, path, zoneId } = await tx.findOneByOrFail(ImageStore, { id: input.storeId });
      const hosts = await hostsToTry(tx, zoneId);
      if (hosts.length === 0) throw problem('invalid', 'no host is Up in the zone that could mount the storage: add a host first');
      return { uuid, server, path, hosts };
    },
    async ({ tx, input }) => {
      await tx.delete(ImageStore, { id: input.storeId });
    },
  )
  .hosts(
    'mount',
    async ({ out, drivers, read }) => {
      const { hosts, ...mount } = out.attaching;
      const { totalBytes, usedBytes } = await onAnyHost(drivers, hosts, (host) => attachExport({ drivers, read }, [host], mount));
      return { totalBytes, usedBytes };
    },
    async ({ out, drivers }) => {
      if (!out.attaching) return;
      const { hosts, ...mount } = out.attaching;
      await detachExport(drivers, hosts, mount);
    },
  )
  .rows('ready', async ({ tx, input, out }) => {
    await tx.update(ImageStore, { id: input.storeId }, { ready: true, totalBytes: out.mount.totalBytes, usedBytes: out.mount.usedBytes });
  });
