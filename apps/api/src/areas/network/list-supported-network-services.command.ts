// listSupportedNetworkServices
import { adminRoles } from '../../kernel/command/caller.ts';
import { computedList } from '../../kernel/command/computed-list.ts';
import { param } from '../../kernel/command/param.ts';
import { networkServiceView } from './network-service.view.ts';
import { allServiceProviders, serviceNames, type ShownService } from './network-services.ts';

export const listSupportedNetworkServices = computedList({
  name: 'listSupportedNetworkServices',
  about: 'Lists the services that networks can have and who can provide them.',
  roles: adminRoles,
  since: '1.0',
  params: {
    service: param.string({ about: 'only this service' }),
    provider: param.string({ about: 'only services of this provider' }),
  },
  returns: networkServiceView,
  keyword: ({ name }) => name,
  rows({ service, provider }) {
    const services = serviceNames.map((name): ShownService => {
      const providers = allServiceProviders.filter(({ services }) => services[name] !== undefined);
      return { name, providers: providers.map((one) => one.name), capabilities: providers[0]?.services[name] ?? [] };
    });
    const same = (one: string, other: string | undefined) => other === undefined || one.toLowerCase() === other.toLowerCase();
    return Promise.resolve(
      services.filter(
        ({ name, providers }) => same(name, service) && (provider === undefined || providers.some((one) => same(one, provider))),
      ),
    );
  },
});
