// addImageStore
import { adminRoles } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { Zone } from '../zone/zone.entity.ts';
import { startAddingImageStore } from './add-image-store.ts';
import { imageStoreView } from './image-store.view.ts';

export const addImageStore = command({
  name: 'addImageStore',
  about: 'Adds secondary storage: an NFS export that keeps the templates, ISOs and snapshots of a zone.',
  roles: adminRoles,
  async: 'awaited',
  event: 'IMAGE.STORE.CREATE',
  since: '1.0',
  params: {
    provider: param.enum(['NFS'], { required: true, about: 'who manages it' }),
    url: param.string({ required: true, maxLength: 2048, about: 'where it is: nfs://server/path' }),
    zoneid: param.ref(Zone, { required: true, access: 'operate', about: 'the zone it serves' }),
    name: param.string({ about: 'its name; without one it is called by its URL' }),
  },
  returns: imageStoreView,
  async execute({ zoneid: zone, url, name }, ctx) {
    return startAddingImageStore({ zone, url, name }, ctx);
  },
});
