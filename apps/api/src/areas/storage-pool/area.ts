// Primary storage.
import { area, presenter } from '../../kernel/area.ts';
import { administratorsOnly, resource } from '../../kernel/command/resource.ts';
import { addStoragePool } from './add-storage-pool.saga.ts';
import { createStoragePool } from './create-storage-pool.command.ts';
import { deleteStoragePool } from './delete-storage-pool.command.ts';
import { removeStoragePool } from './delete-storage-pool.saga.ts';
import { listStoragePools } from './list-storage-pools.command.ts';
import { listStorageProviders } from './list-storage-providers.command.ts';
import { StoragePool } from './storage-pool.entity.ts';
import { storagePoolSource, storagePoolView } from './storage-pool.view.ts';
import { updateStoragePool } from './update-storage-pool.command.ts';

export const storagePoolArea = area({
  name: 'storage-pool',
  commands: [createStoragePool, listStoragePools, listStorageProviders, updateStoragePool, deleteStoragePool],
  resources: [resource(StoragePool, { noun: 'primary storage', type: 'StoragePool', may: administratorsOnly })],
  entities: [StoragePool],
  sagas: [addStoragePool, removeStoragePool],
  presenters: [presenter('StoragePool', storagePoolView, storagePoolSource)],
});
