// Virtual routers, and what guests get through them: addresses, user data, passwords, SSH keys.
import { area } from '../../kernel/area.ts';
import { changeServiceForRouter } from './change-service-for-router.command.ts';
import { destroyRouter } from './destroy-router.command.ts';
import { listRouters } from './list-routers.command.ts';
import { rebootRouter } from './reboot-router.command.ts';
import { resetPasswordForVirtualMachine } from './reset-password-for-virtual-machine.command.ts';
import { resetPassword } from './reset-password.saga.ts';
import { resetSshKeyForVirtualMachine } from './reset-ssh-key-for-virtual-machine.command.ts';
import { resetSshKeys } from './reset-ssh-keys.saga.ts';
import { restartNetwork } from './restart-network.command.ts';
import { restartRouters } from './restart-network.saga.ts';
import { startRouter } from './start-router.command.ts';
import { stopRouter } from './stop-router.command.ts';
import { VmPassword } from './vm-password.entity.ts';

export const routerArea = area({
  name: 'router',
  commands: [
    listRouters,
    startRouter,
    stopRouter,
    rebootRouter,
    destroyRouter,
    changeServiceForRouter,
    restartNetwork,
    resetPasswordForVirtualMachine,
    resetSshKeyForVirtualMachine,
  ],
  entities: [VmPassword],
  sagas: [restartRouters, resetPassword, resetSshKeys],
});
