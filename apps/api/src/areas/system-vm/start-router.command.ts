// startRouter
import { systemVmLifecycle } from '@strata/domain';
import { adminRoles } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { startSystemMachine } from './start-system-vm.saga.ts';
import { systemVmSubject } from './system-vm-rows.ts';
import { routerView } from '../router/router.view.ts';
import { routerParam, theRouter } from './the-router.ts';

export const startRouter = command({
  name: 'startRouter',
  about: 'Starts a stopped virtual router on a fresh root disk; it gets its guests again.',
  roles: adminRoles,
  async: true,
  event: 'ROUTER.START',
  since: '1.0',
  params: {
    id: routerParam,
  },
  returns: routerView,
  async execute({ id }, { jobs }) {
    const { vm, named } = theRouter(id);
    systemVmLifecycle.assertCan(vm.state, 'startRequested', named);
    return jobs.start(startSystemMachine, { systemVmId: vm.id }, { subject: systemVmSubject(vm) });
  },
});
