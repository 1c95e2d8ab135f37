// SSH key pairs, whose public halves are given to machines.
import { area } from '../../kernel/area.ts';
import { ownedByAccount, resource } from '../../kernel/command/resource.ts';
import { createSSHKeyPair } from './create-ssh-key-pair.command.ts';
import { deleteSSHKeyPair } from './delete-ssh-key-pair.command.ts';
import { listSSHKeyPairs } from './list-ssh-key-pairs.command.ts';
import { registerSSHKeyPair } from './register-ssh-key-pair.command.ts';
import { SshKeyPair } from './ssh-key-pair.entity.ts';
import { VmSshKey } from './vm-ssh-key.entity.ts';

export const sshKeyPairArea = area({
  name: 'ssh-key-pair',
  commands: [createSSHKeyPair, registerSSHKeyPair, listSSHKeyPairs, deleteSSHKeyPair],
  resources: [resource(SshKeyPair, { noun: 'SSH key pair', type: 'SSHKeyPair', may: ownedByAccount })],
  entities: [SshKeyPair, VmSshKey],
});
