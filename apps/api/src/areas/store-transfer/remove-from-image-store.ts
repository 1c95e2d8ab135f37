// Takes a file out of secondary storage: what is at work on it there ends first, then a host removes it.
import type { EntityManager } from 'typeorm';
import type { HostDrivers } from '../host/host-drivers.ts';
import { ImageStore } from '../image-store/image-store.entity.ts';
import { hostInZone } from '../storage-pool/reaching-hosts.ts';
import { tidyStores } from './tidy-stores.ts';

/** The rows that asked for the file are gone already. A store that was removed meanwhile: fine. */
export async function removeFromImageStore(storeId: number, path: string, read: EntityManager, drivers: HostDrivers): Promise<void> {
  const store = await read.findOneBy(ImageStore, { id: storeId });
  if (!store) return;
  await tidyStores([store.zoneId], read, drivers);
  const { driver, address } = await hostInZone(store.zoneId, 'KVM', read, drivers);
  const mount = { uuid: store.uuid, server: store.server, path: store.path };
  await driver.mounts.ensure(address, mount);
  await driver.disks.remove(address, { mount, path });
}
