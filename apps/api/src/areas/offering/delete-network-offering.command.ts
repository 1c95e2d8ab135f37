// deleteNetworkOffering
import { problem } from '@strata/domain';
import { adminRoles } from '../../kernel/command/caller.ts';
import { command, success } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { refuseWhileUsed } from '../../kernel/db/still-used.ts';
import { NetworkOffering } from './network-offering.entity.ts';

export const deleteNetworkOffering = command({
  name: 'deleteNetworkOffering',
  about: 'Deletes a network offering that no network has; those that came with the product stay and can be disabled.',
  roles: adminRoles,
  event: 'NETWORK.OFFERING.DELETE',
  since: '1.0',
  params: { id: param.ref(NetworkOffering, { required: true, access: 'operate', about: 'the offering' }) },
  returns: success,
  async execute({ id: offering }, { tx }) {
    if (offering.isDefault || offering.isSystem)
      throw problem(
        'invalid',
        `network offering ${offering.name} came with the product and stays: disable it with updateNetworkOffering state=Disabled`,
      );
    await tx.query('SELECT id FROM network_offering WHERE id = ? FOR UPDATE', [offering.id]);
    await refuseWhileUsed(tx, `network offering ${offering.name}`, [
      { noun: ['network', 'networks'], from: 'network n', name: 'n.name', where: 'n.network_offering_id = ?', values: [offering.id] },
    ]);
    await tx.delete(NetworkOffering, offering.id);
  },
});
