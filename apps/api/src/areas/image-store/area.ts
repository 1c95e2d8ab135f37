// Secondary storage.
import { area, presenter } from '../../kernel/area.ts';
import { administratorsOnly, resource } from '../../kernel/command/resource.ts';
import { addImageStore } from './add-image-store.command.ts';
import { mountImageStore } from './add-image-store.saga.ts';
import { addSecondaryStorage } from './add-secondary-storage.command.ts';
import { deleteImageStore } from './delete-image-store.command.ts';
import { ImageStore } from './image-store.entity.ts';
import { imageStoreSource, imageStoreView } from './image-store.view.ts';
import { listImageStores } from './list-image-stores.command.ts';
import { dropImageStore } from './remove-image-store.saga.ts';
import { updateImageStore } from './update-image-store.command.ts';

export const imageStoreArea = area({
  name: 'image-store',
  commands: [addImageStore, addSecondaryStorage, listImageStores, updateImageStore, deleteImageStore],
  resources: [resource(ImageStore, { noun: 'secondary storage', type: 'ImageStore', may: administratorsOnly })],
  entities: [ImageStore],
  sagas: [mountImageStore, dropImageStore],
  presenters: [presenter('ImageStore', imageStoreView, imageStoreSource)],
});
