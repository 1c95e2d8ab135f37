// deleteImageStore
import { adminRoles } from '../../kernel/command/caller.ts';
import { command, success } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { ImageStore } from './image-store.entity.ts';
import { startRemovingImageStore } from './remove-image-store.ts';

export const deleteImageStore = command({
  name: 'deleteImageStore',
  about: 'Removes secondary storage that holds nothing that is not elsewhere too.',
  roles: adminRoles,
  async: 'awaited',
  event: 'IMAGE.STORE.DELETE',
  since: '1.0',
  params: {
    id: param.ref(ImageStore, { required: true, access: 'operate', about: 'the secondary storage' }),
  },
  returns: success,
  async execute({ id: store }, ctx) {
    return startRemovingImageStore(store, ctx);
  },
});
