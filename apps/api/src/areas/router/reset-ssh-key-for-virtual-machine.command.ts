// resetSSHKeyForVirtualMachine
import { problem, type VmId } from '@strata/domain';
import { everyRole } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { ownerParams } from '../account/owner.ts';
import { findKeyPairs, giveKeys, keyPairParams } from '../ssh-key-pair/machine-keys.ts';
import { VirtualMachine } from '../vm/virtual-machine.entity.ts';
import { virtualMachineView } from '../vm/virtual-machine.view.ts';
import { vmSubject } from '../vm/vm-rows.ts';
import { resetSshKeys } from './reset-ssh-keys.saga.ts';

export const resetSSHKeyForVirtualMachine = command({
  name: 'resetSSHKeyForVirtualMachine',
  about: 'Replaces the SSH keys of a stopped virtual machine by those of key pairs; its guest takes them at the next start.',
  roles: everyRole,
  async: true,
  event: 'VM.RESETSSHKEY',
  since: '1.0',
  params: {
    id: param.ref(VirtualMachine, { required: true, access: 'operate', about: 'the virtual machine, Stopped' }),
    ...keyPairParams,
    ...ownerParams,
  },
  returns: virtualMachineView,
  async execute({ id: vm, keypair, keypairs }, { tx, jobs }) {
    if (vm.state !== 'Stopped')
      throw problem('conflict', `virtual machine ${vm.name} is ${vm.state}: its SSH keys can be reset only while it is Stopped`);
    // The pairs are those of the machine's owner, whoever asks.
    const pairs = await findKeyPairs(tx, vm.accountId, { keypair, keypairs });
    if (pairs.length === 0)
      throw problem('invalid', 'parameter keypair is missing: name a key pair of the owner of the machine, or several in keypairs');
    await giveKeys(tx, vm.id, pairs);
    return jobs.start(resetSshKeys, { vmId: vm.id as VmId }, { subject: vmSubject(vm) });
  },
});
