// resetPasswordForVirtualMachine
import { problem, type VmId } from '@strata/domain';
import { everyRole } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { systemVmsWanted } from '../system-vm/system-vm.settings.ts';
import { Template } from '../template/template.entity.ts';
import { VirtualMachine } from '../vm/virtual-machine.entity.ts';
import { virtualMachineView } from '../vm/virtual-machine.view.ts';
import { vmSubject } from '../vm/vm-rows.ts';
import { assertPassword, newPassword, storePassword } from './machine-passwords.ts';
import { resetPassword } from './reset-password.saga.ts';

export const resetPasswordForVirtualMachine = command({
  name: 'resetPasswordForVirtualMachine',
  about: 'Makes a new password for a stopped virtual machine, which its guest takes at the next start; the job answers it.',
  roles: everyRole,
  async: true,
  event: 'VM.RESETPASSWORD',
  since: '1.0',
  params: {
    id: param.ref(VirtualMachine, { required: true, access: 'operate', about: 'the virtual machine, Stopped' }),
    password: param.string({ secret: true, about: 'this password instead of a random one' }),
  },
  returns: virtualMachineView,
  async execute({ id: vm, password }, ctx) {
    if (vm.state !== 'Stopped')
      throw problem('conflict', `virtual machine ${vm.name} is ${vm.state}: its password can be reset only while it is Stopped`);
    const template = await ctx.tx.findOneByOrFail(Template, { id: vm.templateId });
    if (!template.passwordEnabled)
      throw problem(
        'invalid',
        `template ${template.name} of virtual machine ${vm.name} does not take passwords: set passwordenabled on it if its guests can`,
      );
    if (!ctx.settings.get(systemVmsWanted, { scope: 'zone', id: vm.zoneId }))
      throw problem(
        'invalid',
        `the zone of virtual machine ${vm.name} runs no virtual routers (setting ${systemVmsWanted.name}): nobody could give it the password`,
      );
    if (password !== undefined) assertPassword(password);
    await storePassword(ctx, vm.id, password ?? newPassword());
    return ctx.jobs.start(resetPassword, { vmId: vm.id as VmId }, { subject: vmSubject(vm) });
  },
});
