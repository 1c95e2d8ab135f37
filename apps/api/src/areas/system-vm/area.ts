// System virtual machines: the ones that serve a zone, kept running by a reconciler.
import { area, presenter } from '../../kernel/area.ts';
import { administratorsOnly, resource } from '../../kernel/command/resource.ts';
import { routerView } from '../router/router.view.ts';
import { changeServiceForSystemVm } from './change-service-for-system-vm.command.ts';
import { destroyRouter } from './destroy-router.command.ts';
import { destroySystemVm } from './destroy-system-vm.command.ts';
import { destroySystemMachine } from './destroy-system-vm.saga.ts';
import { getSystemVmLogin } from './get-system-vm-login.command.ts';
import { listSystemVms } from './list-system-vms.command.ts';
import { rebootRouter } from './reboot-router.command.ts';
import { migrateSystemVm } from './migrate-system-vm.command.ts';
import { migrateSystemMachine } from './migrate-system-vm.saga.ts';
import { rebootSystemVm } from './reboot-system-vm.command.ts';
import { rebootSystemMachine } from './reboot-system-vm.saga.ts';
import { restartNetwork } from './restart-network.command.ts';
import { restartRouters } from './restart-network.saga.ts';
import { startRouter } from './start-router.command.ts';
import { startSystemVm } from './start-system-vm.command.ts';
import { startSystemMachine } from './start-system-vm.saga.ts';
import { stopRouter } from './stop-router.command.ts';
import { stopSystemVm } from './stop-system-vm.command.ts';
import { stopSystemMachine } from './stop-system-vm.saga.ts';
import { SystemNic, SystemVm } from './system-vm.entity.ts';
import { systemVmReconciler } from './system-vm.reconciler.ts';
import { agentSilenceSeconds, agentStartSeconds, systemVmsWanted } from './system-vm.settings.ts';
import { systemVmSource, systemVmView } from './system-vm.view.ts';

export const systemVmArea = area({
  name: 'system-vm',
  commands: [
    listSystemVms,
    getSystemVmLogin,
    startSystemVm,
    stopSystemVm,
    rebootSystemVm,
    migrateSystemVm,
    destroySystemVm,
    changeServiceForSystemVm,
    startRouter,
    stopRouter,
    rebootRouter,
    destroyRouter,
    restartNetwork,
  ],
  resources: [resource(SystemVm, { noun: 'system machine', type: 'SystemVm', may: administratorsOnly })],
  entities: [SystemVm, SystemNic],
  sagas: [startSystemMachine, stopSystemMachine, rebootSystemMachine, migrateSystemMachine, destroySystemMachine, restartRouters],
  reconcilers: [systemVmReconciler],
  presenters: [presenter('SystemVm', systemVmView, systemVmSource, [routerView])],
  settings: [systemVmsWanted, agentStartSeconds, agentSilenceSeconds],
});
