// listVirtualRouterElements
import { adminRoles } from '../../kernel/command/caller.ts';
import { listCommand } from '../../kernel/command/list-command.ts';
import { param } from '../../kernel/command/param.ts';
import { NetworkServiceProvider } from './network-service-provider.entity.ts';
import { VirtualRouterElement } from './virtual-router-element.entity.ts';
import { virtualRouterElementSource, virtualRouterElementView } from './virtual-router-element.view.ts';

export const listVirtualRouterElements = listCommand({
  name: 'listVirtualRouterElements',
  about: 'Lists the switches of virtual router providers.',
  roles: adminRoles,
  since: '1.0',
  params: {
    id: param.ref(VirtualRouterElement, { access: 'see', about: 'only this element' }),
    nspid: param.ref(NetworkServiceProvider, { access: 'see', about: 'only elements of this service provider' }),
    enabled: param.boolean({ about: 'only elements that are switched on, or off' }),
  },
  source: virtualRouterElementSource,
  returns: virtualRouterElementView,
  where(args, where) {
    where.equals('e.id', args.id?.id).equals('e.provider_id', args.nspid?.id).equals('e.enabled', args.enabled);
  },
});
