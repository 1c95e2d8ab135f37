// Virtual machines.
import { In } from 'typeorm';
import { area, presenter } from '../../kernel/area.ts';
import { ownedByAccount, resource } from '../../kernel/command/resource.ts';
import { attachIso } from './attach-iso.command.ts';
import { insertIso, takeOutIso } from './change-iso.saga.ts';
import { deployVirtualMachine } from './deploy-virtual-machine.command.ts';
import { deployVm, registerVm } from './deploy-vm.saga.ts';
import { detachIso } from './detach-iso.command.ts';
import { destroyVirtualMachine } from './destroy-virtual-machine.command.ts';
import { destroyAndExpungeVm, destroyVm, expungeVm } from './destroy-vm.saga.ts';
import { expungeReconciler } from './expunge.reconciler.ts';
import { expungeVirtualMachine } from './expunge-virtual-machine.command.ts';
import { getVirtualMachineUserData } from './get-virtual-machine-user-data.command.ts';
import { findHostsForMigration } from './find-hosts-for-migration.command.ts';
import { hostMaintenanceReconciler } from './host-maintenance.reconciler.ts';
import { listNics } from './list-nics.command.ts';
import { listVirtualMachines } from './list-virtual-machines.command.ts';
import { migrateVirtualMachine } from './migrate-virtual-machine.command.ts';
import { migrateVm } from './migrate-vm.saga.ts';
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
import { expungeDelaySeconds, gracefulStopTimeoutMs, migrateTimeoutSeconds, usersMayExpunge } from './vm.settings.ts';

export const vmArea = area({
  name: 'vm',
  commands: [
    attachIso,
    detachIso,
    deployVirtualMachine,
    listVirtualMachines,
    migrateVirtualMachine,
    findHostsForMigration,
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
  sagas: [insertIso, takeOutIso, deployVm, registerVm, startVm, stopVm, rebootVm, migrateVm, destroyVm, destroyAndExpungeVm, expungeVm],
  reconcilers: [powerStateReconciler, hostMaintenanceReconciler, expungeReconciler, unfinishedUndoReconciler],
  presenters: [presenter('VirtualMachine', virtualMachineView, virtualMachineSource)],
  settings: [gracefulStopTimeoutMs, migrateTimeoutSeconds, expungeDelaySeconds, usersMayExpunge],
  accountContents: [{ noun: 'instance', count: (read, accountIds) => read.countBy(VirtualMachine, { accountId: In([...accountIds]) }) }],
});
