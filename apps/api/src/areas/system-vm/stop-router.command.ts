// stopRouter
import { systemVmLifecycle } from '@strata/domain';
import { adminRoles } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { stopSystemMachine } from './stop-system-vm.saga.ts';
import { systemVmSubject } from './system-vm-rows.ts';
import { routerView } from '../router/router.view.ts';
import { routerParam, theRouter } from './the-router.ts';

export const stopRouter = command({
  name: 'stopRouter',
  about: 'Stops a virtual router; it stays so until startRouter, and no machine of its pod can start meanwhile.',
  roles: adminRoles,
  async: true,
  event: 'ROUTER.STOP',
  since: '1.0',
  params: {
    id: routerParam,
    forced: param.boolean({ about: 'true: cut the power at once instead of asking the machine first' }),
  },
  returns: routerView,
  async execute({ id, forced = false }, { jobs }) {
    const { vm, named } = theRouter(id);
    systemVmLifecycle.assertCan(vm.state, 'stopRequested', named);
    return jobs.start(stopSystemMachine, { systemVmId: vm.id, forced }, { subject: systemVmSubject(vm) });
  },
});
