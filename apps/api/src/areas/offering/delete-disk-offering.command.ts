// deleteDiskOffering
import { adminRoles } from '../../kernel/command/caller.ts';
import { command, success } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { refuseWhileUsed } from '../../kernel/db/still-used.ts';
import { DiskOffering } from './disk-offering.entity.ts';

export const deleteDiskOffering = command({
  name: 'deleteDiskOffering',
  about: 'Deletes a disk offering that no volume has; one in use can be made Inactive instead.',
  roles: adminRoles,
  event: 'DISK.OFFERING.DELETE',
  since: '1.0',
  params: { id: param.ref(DiskOffering, { required: true, access: 'operate', about: 'the offering' }) },
  returns: success,
  async execute({ id: offering }, { tx }) {
    await tx.query('SELECT id FROM disk_offering WHERE id = ? FOR UPDATE', [offering.id]);
    await refuseWhileUsed(tx, `disk offering ${offering.name}`, [
      { noun: ['volume', 'volumes'], from: 'volume v', name: 'v.name', where: 'v.disk_offering_id = ?', values: [offering.id] },
    ]);
    await tx.delete(DiskOffering, offering.id);
  },
});
