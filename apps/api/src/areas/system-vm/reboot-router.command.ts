// rebootRouter
import { systemVmLifecycle } from '@strata/domain';
import { adminRoles } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { rebootSystemMachine } from './reboot-system-vm.saga.ts';
import { systemVmSubject } from './system-vm-rows.ts';
import { routerView } from '../router/router.view.ts';
import { routerParam, theRouter } from './the-router.ts';

export const rebootRouter = command({
  name: 'rebootRouter',
  about: 'Resets a running virtual router.',
  roles: adminRoles,
  async: true,
  event: 'ROUTER.REBOOT',
  since: '1.0',
  params: {
    id: routerParam,
    forced: param.boolean({ about: 'for other servers: a reset never waits for the machine here' }),
  },
  returns: routerView,
  async execute({ id }, { jobs }) {
    const { vm, named } = theRouter(id);
    systemVmLifecycle.assertCan(vm.state, 'rebootRequested', named);
    return jobs.start(rebootSystemMachine, { systemVmId: vm.id }, { subject: systemVmSubject(vm) });
  },
});
