// Virtual machines.
import { In } from 'typeorm';
import { area, presenter } from '../../kernel/area.ts';
import { ownedByAccount, resource } from '../../kernel/command/resource.ts';
import { deployVirtualMachine } from './deploy-virtual-machine.command.ts';
import { deployVm, registerVm } from './deploy-vm.saga.ts';
import { destroyVirtualMachine } from './destroy-virtual-machine.command.ts';
import { destroyAndExpungeVm, destroyVm, expungeVm } from './destroy-vm.saga.ts';
import { expungeReconciler } from './expunge.reconciler.ts';
import { expungeVirtualMachine } from './expunge-virtual-machine.command.ts';
import { getVirtualMachineUserData } from './get-virtual-machine-user-data.command.ts';
import { listNics } from './list-nics.command.ts';
import { listVirtualMachines } from './list-virtual-machines.command.ts';
import { powerStateReconciler } from './power-state.reconciler.ts';
import { rebootVirtualMachine } from './reboot-virtual-machine.command.ts';
import { rebootVm } from './reboot-vm.saga.ts';
import { recoverVirtualMachine } from './recover-virtual-machine.command.ts';
import { startVirtualMachine } from './start-virtual-machine.command.ts';
import { startVm } from './start-vm.saga.ts';
import { stopVirtualMachine } from './stop-virtual-machine.command.ts';
import { stopVm } from './stop-vm.saga.ts';
import { unfinishedUndoReconciler } from './unfinished-undo.reconciler.ts';
import { updateVirtualMachine } from './update-virtual-machine.command.ts';
import { Nic, VirtualMachine, VmUserData } from './virtual-machine.entity.ts';
import { virtualMachineSource, virtualMachineView } from './virtual-machine.view.ts';
import { expungeDelaySeconds, gracefulStopTimeoutMs, usersMayExpunge } from './vm.settings.ts';

export const vmArea = area({
  name: 'vm',
  commands: [
    deployVirtualMachine,
    listVirtualMachines,
    listNics,
    getVirtualMachineUserData,
    startVirtualMachine,
    stopVirtualMachine,
    rebootVirtualMachine,
    updateVirtualMachine,
    destroyVirtualMachine,
    recoverVirtualMachine,
    expungeVirtualMachine,
  ],
  resources: [resource(VirtualMachine, { noun: 'virtual machine', type: 'VirtualMachine', may: ownedByAccount })],
  entities: [VirtualMachine, VmUserData, Nic],
  sagas: [deployVm, registerVm, startVm, stopVm, rebootVm, destroyVm, destroyAndExpungeVm, expungeVm],
  reconcilers: [powerStateReconciler, expungeReconciler, unfinishedUndoReconciler],
  presenters: [presenter('VirtualMachine', virtualMachineView, virtualMachineSource)],
  settings: [gracefulStopTimeoutMs, expungeDelaySeconds, usersMayExpunge],
  accountContents: [{ noun: 'instance', count: (read, accountIds) => read.countBy(VirtualMachine, { accountId: In([...accountIds]) }) }],
});
