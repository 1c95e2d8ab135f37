// deleteNetworkServiceProvider
import { adminRoles } from '../../kernel/command/caller.ts';
import { command, success } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { removeProvider } from './delete-network-service-provider.saga.ts';
import { NetworkServiceProvider } from './network-service-provider.entity.ts';

export const deleteNetworkServiceProvider = command({
  name: 'deleteNetworkServiceProvider',
  about: 'Takes a service provider that serves no network away from its physical network.',
  roles: adminRoles,
  async: true,
  event: 'SERVICE.PROVIDER.DELETE',
  since: '1.0',
  params: { id: param.ref(NetworkServiceProvider, { required: true, access: 'operate', about: 'the provider' }) },
  returns: success,
  execute: ({ id: provider }, { jobs }) =>
    jobs.start(
      removeProvider,
      { providerId: provider.id },
      { subject: { type: 'PhysicalNetworkServiceProvider', id: provider.id, uuid: provider.uuid } },
    ),
});
