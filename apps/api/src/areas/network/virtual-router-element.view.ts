// The virtual router element as answers show it.
import { source } from '../../kernel/command/source.ts';
import { field, type Flag, view } from '../../kernel/command/view.ts';

export interface VirtualRouterElementRow {
  id: number;
  uuid: string;
  providerUuid: string;
  enabled: Flag;
}

export const virtualRouterElementSource = source<VirtualRouterElementRow>({
  from: 'virtual_router_element e',
  joins: ['JOIN network_service_provider s ON s.id = e.provider_id'],
  columns: { id: 'e.id', uuid: 'e.uuid', providerUuid: 's.uuid', enabled: 'e.enabled' },
});

export const virtualRouterElementView = view<VirtualRouterElementRow>('virtualrouterelement', {
  id: field.string('the id of the element', (row) => row.uuid),
  nspid: field.string('the service provider it belongs to', (row) => row.providerUuid),
  enabled: field.boolean('whether it is switched on', (row) => row.enabled),
});
