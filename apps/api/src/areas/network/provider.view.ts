// The network service provider as answers show it.
import { source } from '../../kernel/command/source.ts';
import { field, view } from '../../kernel/command/view.ts';
import { findProvider } from './network-services.ts';

export interface ProviderRow {
  id: number;
  uuid: string;
  name: string;
  state: string;
  services: string;
  physicalNetworkUuid: string;
}

export const providerSource = source<ProviderRow>({
  from: 'network_service_provider s',
  joins: ['JOIN physical_network p ON p.id = s.physical_network_id'],
  columns: { id: 's.id', uuid: 's.uuid', name: 's.name', state: 's.state', services: 's.services', physicalNetworkUuid: 'p.uuid' },
});

export const providerView = view<ProviderRow>('networkserviceprovider', {
  id: field.string('the id of the provider', (row) => row.uuid),
  name: field.string('its name', (row) => row.name),
  physicalnetworkid: field.string('the physical network it serves', (row) => row.physicalNetworkUuid),
  state: field.string('Enabled, Disabled or Shutdown', (row) => row.state),
  servicelist: field.strings('what it provides', (row) => row.services.split(',').filter((name) => name !== '')),
  canenableindividualservice: field.boolean(
    'whether an offering may take some of its services only',
    (row) => findProvider(row.name)?.selectable ?? false,
  ),
});
