// updateImageStore
import { parseDisplayName } from '@strata/domain';
import { adminRoles } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { rowById } from '../../kernel/command/source.ts';
import { changesOf } from '../../kernel/db/changes.ts';
import { ImageStore } from './image-store.entity.ts';
import { imageStoreSource, imageStoreView } from './image-store.view.ts';

export const updateImageStore = command({
  name: 'updateImageStore',
  about: 'Renames secondary storage, or lets it take new files or not.',
  roles: adminRoles,
  event: 'IMAGE.STORE.UPDATE',
  envelope: 'updateImageStore',
  since: '1.0',
  params: {
    id: param.ref(ImageStore, { required: true, access: 'operate', about: 'the secondary storage' }),
    name: param.string({ about: 'its new name' }),
    readonly: param.boolean({ about: 'true: it only keeps the files it has; false: it takes new ones' }),
  },
  returns: imageStoreView,
  async execute({ id: store, name, readonly }, { tx }) {
    const changes = changesOf<ImageStore>({ name: name === undefined ? undefined : parseDisplayName(name, 'name'), readOnly: readonly });
    if (changes) await tx.update(ImageStore, { id: store.id }, changes);
    return rowById(imageStoreSource, tx, store.id);
  },
});
