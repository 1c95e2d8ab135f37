// destroySystemVm
import { systemVmLifecycle, systemVmName } from '@strata/domain';
import { adminRoles } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { destroySystemMachine } from './destroy-system-vm.saga.ts';
import { SystemVm } from './system-vm.entity.ts';
import { systemVmView } from './system-vm.view.ts';
import { systemVmEvent } from './system-vm-events.ts';
import { systemVmSubject } from './system-vm-rows.ts';

export const destroySystemVm = command({
  name: 'destroySystemVm',
  about: 'Destroys a secondary-storage VM or console proxy; where one is wanted, another is made at once.',
  roles: adminRoles,
  async: true,
  event: 'SSVM.DESTROY',
  since: '1.0',
  params: {
    id: param.ref(SystemVm, { required: true, access: 'operate', about: 'the system machine to destroy' }),
  },
  returns: systemVmView,
  async execute({ id: vm }, { jobs }) {
    systemVmLifecycle.assertCan(vm.state, 'destroyRequested', { name: systemVmName(vm.kind, vm.id) });
    return jobs.start(
      destroySystemMachine,
      { systemVmId: vm.id },
      { subject: systemVmSubject(vm), event: systemVmEvent(vm.kind, 'DESTROY') },
    );
  },
});
