// addNetworkServiceProvider
import { networkServiceProviderInitialState, problem } from '@strata/domain';
import { randomUUID } from 'node:crypto';
import { adminRoles } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { unlessTaken } from '../../kernel/db/unique.ts';
import { equipProvider } from './add-network-service-provider.saga.ts';
import { NetworkServiceProvider } from './network-service-provider.entity.ts';
import { serviceProviders } from './network-services.ts';
import { PhysicalNetwork } from './physical-network.entity.ts';
import { chosenServices } from './provider-services.ts';
import { providerView } from './provider.view.ts';

export const addNetworkServiceProvider = command({
  name: 'addNetworkServiceProvider',
  about: 'Adds a service provider, disabled at first, to a physical network.',
  roles: adminRoles,
  async: true,
  creates: true,
  event: 'SERVICE.PROVIDER.CREATE',
  since: '1.0',
  params: {
    physicalnetworkid: param.ref(PhysicalNetwork, { required: true, access: 'operate', about: 'the physical network' }),
    name: param.string({ required: true, about: `the provider: ${serviceProviders.map(({ name }) => name).join(' or ')}` }),
    servicelist: param.strings({ about: 'the services to switch on; all when absent' }),
  },
  returns: providerView,
  async execute({ physicalnetworkid: network, ...args }, { tx, clock, jobs }) {
    const known = serviceProviders.find(({ name }) => name.toLowerCase() === args.name.toLowerCase());
    if (!known)
      throw problem(
        'invalid',
        `name "${args.name}" is no provider of physical networks here: ${serviceProviders.map(({ name }) => name).join(' and ')} are`,
      );
    const held = await tx.query<unknown[]>('SELECT id FROM physical_network WHERE id = ? LOCK IN SHARE MODE', [network.id]);
    if (held.length === 0) throw problem('invalid', 'the physical network was deleted meanwhile: list the physical networks again');
    const provider = tx.create(NetworkServiceProvider, {
      uuid: randomUUID(),
      physicalNetworkId: network.id,
      name: known.name,
      state: networkServiceProviderInitialState,
      services: chosenServices(known, args.servicelist),
      created: clock.now(),
    });
    await unlessTaken(
      tx.insert(NetworkServiceProvider, provider),
      `physical network ${network.name} has the provider ${known.name} already`,
    );
    return jobs.start(
      equipProvider,
      { providerId: provider.id },
      { subject: { type: 'PhysicalNetworkServiceProvider', id: provider.id, uuid: provider.uuid }, fresh: true },
    );
  },
});
