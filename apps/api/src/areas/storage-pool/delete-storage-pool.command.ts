// deleteStoragePool
import { adminRoles } from '../../kernel/command/caller.ts';
import { command, success } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { removeStoragePool } from './delete-storage-pool.saga.ts';
import { StoragePool } from './storage-pool.entity.ts';

export const deleteStoragePool = command({
  name: 'deleteStoragePool',
  about: 'Removes primary storage that holds no volumes.',
  roles: adminRoles,
  async: 'awaited',
  event: 'DELETE.PS',
  since: '1.0',
  params: {
    id: param.ref(StoragePool, { required: true, access: 'operate', about: 'the primary storage' }),
  },
  returns: success,
  async execute({ id: pool }, { jobs }) {
    const input = { poolId: pool.id, wasUp: pool.state === 'Up' };
    return jobs.start(removeStoragePool, input, { subject: { type: 'StoragePool', id: pool.id, uuid: pool.uuid } });
  },
});
