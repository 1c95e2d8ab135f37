// deletePhysicalNetwork
import { adminRoles } from '../../kernel/command/caller.ts';
import { command, success } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { removePhysicalNetwork } from './delete-physical-network.saga.ts';
import { PhysicalNetwork } from './physical-network.entity.ts';

export const deletePhysicalNetwork = command({
  name: 'deletePhysicalNetwork',
  about: 'Deletes a physical network that no guest network and no address range uses, with its traffic types and providers.',
  roles: adminRoles,
  async: true,
  event: 'PHYSICAL.NETWORK.DELETE',
  since: '1.0',
  params: { id: param.ref(PhysicalNetwork, { required: true, access: 'operate', about: 'the physical network' }) },
  returns: success,
  execute: ({ id: network }, { jobs }) =>
    jobs.start(
      removePhysicalNetwork,
      { physicalNetworkId: network.id, name: network.name },
      { subject: { type: 'PhysicalNetwork', id: network.id, uuid: network.uuid } },
    ),
});
