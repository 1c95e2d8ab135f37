// deleteStoragePool
import { adminRoles } from '../../kernel/command/caller.ts';
import { command, success } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { refuseWhileUsed } from '../../kernel/db/still-used.ts';
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
  async execute({ id: pool }, { tx, jobs }) {
    await refuseWhileUsed(tx, `primary storage ${pool.name}`, [
      { noun: ['volume', 'volumes'], from: 'volume v', name: 'v.name', where: 'v.pool_id = ?', values: [pool.id] },
    ]);
    return jobs.start(removeStoragePool, { poolId: pool.id }, { subject: { type: 'StoragePool', id: pool.id, uuid: pool.uuid } });
  },
});
