// destroyRouter
import { systemVmLifecycle } from '@strata/domain';
import { adminRoles } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { destroySystemMachine } from './destroy-system-vm.saga.ts';
import { systemVmSubject } from './system-vm-rows.ts';
import { routerView } from '../router/router.view.ts';
import { routerParam, theRouter } from './the-router.ts';

export const destroyRouter = command({
  name: 'destroyRouter',
  about: 'Destroys a virtual router; while its pod has guests, another is made at once and gets them all.',
  roles: adminRoles,
  async: true,
  event: 'ROUTER.DESTROY',
  since: '1.0',
  params: {
    id: routerParam,
  },
  returns: routerView,
  async execute({ id }, { jobs }) {
    const { vm, named } = theRouter(id);
    systemVmLifecycle.assertCan(vm.state, 'destroyRequested', named);
    return jobs.start(destroySystemMachine, { systemVmId: vm.id }, { subject: systemVmSubject(vm) });
  },
});
