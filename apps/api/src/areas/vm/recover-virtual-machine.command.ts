// recoverVirtualMachine
import { assertVmCan, problem, vmLifecycle } from '@strata/domain';
import { everyRole } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { rowById } from '../../kernel/command/source.ts';
import { transition } from '../../kernel/db/transition.ts';
import { assertMayExpunge } from './expunge-rights.ts';
import { VirtualMachine } from './virtual-machine.entity.ts';
import { virtualMachineSource, virtualMachineView } from './virtual-machine.view.ts';

export const recoverVirtualMachine = command({
  name: 'recoverVirtualMachine',
  about: 'Brings back a destroyed virtual machine that is not expunged yet; it is Stopped then.',
  roles: everyRole,
  event: 'VM.RECOVER',
  since: '1.0',
  params: {
    id: param.ref(VirtualMachine, { required: true, access: 'operate', about: 'the destroyed virtual machine' }),
  },
  returns: virtualMachineView,
  async execute({ id: vm }, { tx, clock, caller, settings }) {
    assertMayExpunge(caller, settings);
    assertVmCan(vm, 'recoverRequested');
    if (vm.hostId !== null)
      throw problem(
        'conflict',
        'the machine was destroyed while its host did not answer and may still run there: it can be recovered when the host is back',
      );
    await transition(tx, VirtualMachine, vm, vmLifecycle, 'recoverRequested', { stateChangedAt: clock.now() });
    return rowById(virtualMachineSource, tx, vm.id);
  },
});
