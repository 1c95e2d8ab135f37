// A network service as answers show it, alone and inside networks and offerings.
import { field, view } from '../../kernel/command/view.ts';
import { findProvider, type ServiceCapability, type ShownService } from './network-services.ts';

const capabilityView = view<ServiceCapability>('capability', {
  name: field.string('what it can do', (capability) => capability.name),
  value: field.string('how', (capability) => capability.value),
  canchooseservicecapability: field.boolean('whether an offering chooses the value', (capability) => capability.chosen ?? false),
});

const providerView = view<string>('provider', {
  name: field.string('the name of the provider', (name) => name),
  servicelist: field.strings('what it provides', (name) => Object.keys(findProvider(name)?.services ?? {})),
  canenableindividualservice: field.boolean(
    'whether an offering may take some of its services only',
    (name) => findProvider(name)?.selectable ?? false,
  ),
});

export const networkServiceView = view<ShownService>('networkservice', {
  name: field.string('the name of the service', (service) => service.name),
  provider: field.list('who provides it', providerView, (service) => service.providers),
  capability: field.list('what it can do', capabilityView, (service) => service.capabilities),
});
