// stopSystemVm
import { systemVmLifecycle, systemVmName } from '@strata/domain';
import { adminRoles } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { stopSystemMachine } from './stop-system-vm.saga.ts';
import { SystemVm } from './system-vm.entity.ts';
import { systemVmView } from './system-vm.view.ts';
import { systemVmEvent } from './system-vm-events.ts';
import { systemVmSubject } from './system-vm-rows.ts';

export const stopSystemVm = command({
  name: 'stopSystemVm',
  about: 'Stops a secondary-storage VM or console proxy; it stays so until startSystemVm.',
  roles: adminRoles,
  async: true,
  event: 'SSVM.STOP',
  since: '1.0',
  params: {
    id: param.ref(SystemVm, { required: true, access: 'operate', about: 'the system machine to stop' }),
    forced: param.boolean({ about: 'true: cut the power at once instead of asking the machine first' }),
  },
  returns: systemVmView,
  async execute({ id: vm, forced = false }, { jobs }) {
    systemVmLifecycle.assertCan(vm.state, 'stopRequested', { name: systemVmName(vm.kind, vm.id) });
    return jobs.start(
      stopSystemMachine,
      { systemVmId: vm.id, forced },
      { subject: systemVmSubject(vm), event: systemVmEvent(vm.kind, 'STOP') },
    );
  },
});
