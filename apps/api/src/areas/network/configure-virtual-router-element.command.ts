// configureVirtualRouterElement
import { adminRoles } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { switchElement } from './configure-virtual-router-element.saga.ts';
import { VirtualRouterElement } from './virtual-router-element.entity.ts';
import { virtualRouterElementView } from './virtual-router-element.view.ts';

export const configureVirtualRouterElement = command({
  name: 'configureVirtualRouterElement',
  about: 'Switches a virtual router element on or off.',
  roles: adminRoles,
  async: true,
  event: 'NETWORK.ELEMENT.CONFIGURE',
  since: '1.0',
  params: {
    id: param.ref(VirtualRouterElement, { required: true, access: 'operate', about: 'the element' }),
    enabled: param.boolean({ required: true, about: 'on or off' }),
  },
  returns: virtualRouterElementView,
  execute: ({ id: element, enabled }, { jobs }) =>
    jobs.start(
      switchElement,
      { elementId: element.id, enabled },
      { subject: { type: 'VirtualRouterProvider', id: element.id, uuid: element.uuid } },
    ),
});
