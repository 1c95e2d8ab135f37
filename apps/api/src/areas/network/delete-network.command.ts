// deleteNetwork
import { problem } from '@strata/domain';
import { everyRole } from '../../kernel/command/caller.ts';
import { command, success } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { removeNetwork } from './delete-network.saga.ts';
import { Network } from './network.entity.ts';

export const deleteNetwork = command({
  name: 'deleteNetwork',
  about: 'Deletes a network that no machine is in, with its address ranges.',
  roles: everyRole,
  async: true,
  event: 'NETWORK.DELETE',
  since: '1.0',
  params: { id: param.ref(Network, { required: true, access: 'operate', about: 'the network' }) },
  returns: success,
  execute: ({ id: network }, { jobs }) => {
    if (network.isSystem) throw problem('invalid', `network ${network.name} is one of the system's own: it goes with its zone`);
    return jobs.start(removeNetwork, { networkId: network.id }, { subject: { type: 'Network', id: network.id, uuid: network.uuid } });
  },
});
