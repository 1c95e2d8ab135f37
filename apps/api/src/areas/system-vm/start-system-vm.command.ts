// startSystemVm
import { systemVmLifecycle, systemVmName } from '@strata/domain';
import { adminRoles } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { startSystemMachine } from './start-system-vm.saga.ts';
import { SystemVm } from './system-vm.entity.ts';
import { systemVmView } from './system-vm.view.ts';
import { systemVmEvent } from './system-vm-events.ts';
import { systemVmSubject } from './system-vm-rows.ts';

export const startSystemVm = command({
  name: 'startSystemVm',
  about: 'Starts a stopped secondary-storage VM or console proxy on a fresh root disk.',
  roles: adminRoles,
  async: true,
  event: 'SSVM.START',
  since: '1.0',
  params: {
    id: param.ref(SystemVm, { required: true, access: 'operate', about: 'the system machine to start' }),
  },
  returns: systemVmView,
  async execute({ id: vm }, { jobs }) {
    systemVmLifecycle.assertCan(vm.state, 'startRequested', { name: systemVmName(vm.kind, vm.id) });
    return jobs.start(startSystemMachine, { systemVmId: vm.id }, { subject: systemVmSubject(vm), event: systemVmEvent(vm.kind, 'START') });
  },
});
