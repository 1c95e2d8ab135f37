// What a secondary-storage VM is among the system machines: one in each zone, which works on the zone's secondary storage.
import type { StorageConfiguration } from '@strata/domain';
import { zoneCertificate } from '../certificate/certificates.ts';
import { allowedInternalSites, sitesIn } from '../store-transfer/store-transfer.settings.ts';
import { endStrays } from '../store-transfer/tidy-stores.ts';
import { storageSite } from '../store-transfer/storage-site.ts';
import { uploadKeyOf } from '../store-transfer/upload-key.ts';
import type { SystemVmRole } from '../system-vm/system-vm-role.ts';
import { ImageStore } from './image-store.entity.ts';

export const storageRole: SystemVmRole = {
  kind: 'secondarystoragevm',
  prefix: 's',
  card: 'management',
  async wanted(read) {
    return read.query('SELECT id AS zoneId FROM zone ORDER BY id');
  },
  async configuration({ read, secrets, settings }, vm): Promise<StorageConfiguration> {
    const stores = await read.find(ImageStore, { where: { zoneId: vm.zoneId, ready: true }, order: { id: 'ASC' } });
    const [card] = await read.query<{ ip: number }[]>("SELECT ip FROM system_nic WHERE system_vm_id = ? AND purpose = 'management'", [
      vm.id,
    ]);
    const { port, isTls, hosts } = await storageSite(read, settings, { zoneId: vm.zoneId, ip: card!.ip });
    return {
      port,
      tls: isTls ? await zoneCertificate(read, secrets, hosts) : null,
      stores: stores.map(({ uuid, server, path }) => ({ uuid, server, path })),
      allowedInternalSites: sitesIn(settings.get(allowedInternalSites, { scope: 'zone', id: vm.zoneId })),
      uploadKey: uploadKeyOf(vm, secrets),
    };
  },
  async maintain({ read }, agent, vm) {
    await endStrays(agent, vm.zoneId, read);
  },
};
