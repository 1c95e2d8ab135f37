// deleteStorageNetworkIpRange
import { adminRoles } from '../../kernel/command/caller.ts';
import { command, success } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { removeStorageRange } from './delete-storage-network-ip-range.saga.ts';
import { StorageIpRange } from './storage-ip-range.entity.ts';

export const deleteStorageNetworkIpRange = command({
  name: 'deleteStorageNetworkIpRange',
  about: 'Deletes an address range for storage traffic.',
  roles: adminRoles,
  async: true,
  event: 'STORAGE.IP.RANGE.DELETE',
  since: '1.0',
  params: { id: param.ref(StorageIpRange, { required: true, access: 'operate', about: 'the range' }) },
  returns: success,
  execute: ({ id: range }, { jobs }) =>
    jobs.start(removeStorageRange, { rangeId: range.id }, { subject: { type: 'StorageNetworkIpRange', id: range.id, uuid: range.uuid } }),
});
