// Virtual routers, and what guests get through them: addresses, user data, passwords, SSH keys.
import { area } from '../../kernel/area.ts';
import { changeServiceForRouter } from './change-service-for-router.command.ts';
import { listRouters } from './list-routers.command.ts';
import { resetPasswordForVirtualMachine } from './reset-password-for-virtual-machine.command.ts';
import { resetPassword } from './reset-password.saga.ts';
import { resetSSHKeyForVirtualMachine } from './reset-ssh-key-for-virtual-machine.command.ts';
import { resetSshKeys } from './reset-ssh-keys.saga.ts';
import { VmPassword } from './vm-password.entity.ts';

export const routerArea = area({
  name: 'router',
  commands: [listRouters, changeServiceForRouter, resetPasswordForVirtualMachine, resetSSHKeyForVirtualMachine],
  entities: [VmPassword],
  sagas: [resetPassword, resetSshKeys],
});
