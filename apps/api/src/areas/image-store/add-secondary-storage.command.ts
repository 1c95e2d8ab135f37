// addSecondaryStorage
import { adminRoles } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { Zone } from '../zone/zone.entity.ts';
import { startAddingImageStore } from './add-image-store.ts';
import { imageStoreView } from './image-store.view.ts';

export const addSecondaryStorage = command({
  name: 'addSecondaryStorage',
  about: 'Adds secondary storage; the same as addImageStore with provider NFS, for older clients.',
  roles: adminRoles,
  async: 'awaited',
  event: 'IMAGE.STORE.CREATE',
  since: '1.0',
  params: {
    url: param.string({ required: true, maxLength: 2048, about: 'where it is: nfs://server/path' }),
    zoneid: param.ref(Zone, { required: true, access: 'operate', about: 'the zone it serves' }),
  },
  item: 'secondarystorage',
  returns: imageStoreView,
  async execute({ zoneid: zone, url }, ctx) {
    return startAddingImageStore({ zone, url }, ctx);
  },
});
