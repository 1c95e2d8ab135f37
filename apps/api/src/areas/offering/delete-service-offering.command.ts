// deleteServiceOffering
import { problem } from '@strata/domain';
import { adminRoles } from '../../kernel/command/caller.ts';
import { command, success } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { refuseWhileUsed } from '../../kernel/db/still-used.ts';
import { ServiceOffering } from './service-offering.entity.ts';

export const deleteServiceOffering = command({
  name: 'deleteServiceOffering',
  about: 'Deletes a service offering that no machine has; one in use can be made Inactive instead.',
  roles: adminRoles,
  event: 'SERVICE.OFFERING.DELETE',
  since: '1.0',
  params: { id: param.ref(ServiceOffering, { required: true, access: 'operate', about: 'the offering' }) },
  returns: success,
  async execute({ id: offering }, { tx }) {
    if (offering.isSystem && offering.isDefault)
      throw problem('invalid', `service offering ${offering.name} is needed for system machines and stays`);
    await tx.query('SELECT id FROM service_offering WHERE id = ? FOR UPDATE', [offering.id]);
    const values = [offering.id];
    await refuseWhileUsed(tx, `service offering ${offering.name}`, [
      {
        noun: ['virtual machine', 'virtual machines'],
        from: 'virtual_machine v',
        name: 'v.name',
        where: 'v.service_offering_id = ?',
        values,
      },
      {
        noun: ['network offering', 'network offerings'],
        from: 'network_offering n',
        name: 'n.name',
        where: 'n.service_offering_id = ?',
        values,
      },
    ]);
    await tx.delete(ServiceOffering, offering.id);
  },
});
