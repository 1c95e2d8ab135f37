// rebootSystemVm
import { systemVmLifecycle, systemVmName } from '@strata/domain';
import { adminRoles } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { rebootSystemMachine } from './reboot-system-vm.saga.ts';
import { SystemVm } from './system-vm.entity.ts';
import { systemVmView } from './system-vm.view.ts';
import { systemVmEvent } from './system-vm-events.ts';
import { systemVmSubject } from './system-vm-rows.ts';

export const rebootSystemVm = command({
  name: 'rebootSystemVm',
  about: 'Resets a running secondary-storage VM or console proxy.',
  roles: adminRoles,
  async: true,
  event: 'SSVM.REBOOT',
  since: '1.0',
  params: {
    id: param.ref(SystemVm, { required: true, access: 'operate', about: 'the system machine to reset' }),
    forced: param.boolean({ about: 'for other servers: a reset never waits for the machine here' }),
  },
  returns: systemVmView,
  async execute({ id: vm }, { jobs }) {
    systemVmLifecycle.assertCan(vm.state, 'rebootRequested', { name: systemVmName(vm.kind, vm.id) });
    return jobs.start(
      rebootSystemMachine,
      { systemVmId: vm.id },
      { subject: systemVmSubject(vm), event: systemVmEvent(vm.kind, 'REBOOT') },
    );
  },
});
