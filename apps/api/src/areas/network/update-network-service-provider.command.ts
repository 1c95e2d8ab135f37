// updateNetworkServiceProvider
import { adminRoles } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { NetworkServiceProvider } from './network-service-provider.entity.ts';
import { findProvider } from './network-services.ts';
import { chosenServices } from './provider-services.ts';
import { providerView } from './provider.view.ts';
import { changeProvider } from './update-network-service-provider.saga.ts';

export const updateNetworkServiceProvider = command({
  name: 'updateNetworkServiceProvider',
  about: 'Enables or disables a service provider or some of its services.',
  roles: adminRoles,
  async: true,
  event: 'SERVICE.PROVIDER.UPDATE',
  since: '1.0',
  params: {
    id: param.ref(NetworkServiceProvider, { required: true, access: 'operate', about: 'the provider' }),
    state: param.enum(['Enabled', 'Disabled', 'Shutdown'], {
      about: 'Disabled or Shutdown: no new networks; both are refused while networks use it',
    }),
    servicelist: param.strings({ about: 'the services to switch on' }),
  },
  returns: providerView,
  execute: ({ id: provider, state, servicelist }, { jobs }) => {
    const known = findProvider(provider.name);
    const services = servicelist && known ? chosenServices(known, servicelist) : undefined;
    return jobs.start(
      changeProvider,
      { providerId: provider.id, state, services },
      { subject: { type: 'PhysicalNetworkServiceProvider', id: provider.id, uuid: provider.uuid } },
    );
  },
});
