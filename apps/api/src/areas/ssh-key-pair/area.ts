// SSH key pairs, whose public halves are given to machines.
import { area } from '../../kernel/area.ts';
import { ownedByAccount, resource } from '../../kernel/command/resource.ts';
import { createSshKeyPair } from './create-ssh-key-pair.command.ts';
import { deleteSshKeyPair } from './delete-ssh-key-pair.command.ts';
import { listSshKeyPairs } from './list-ssh-key-pairs.command.ts';
import { registerSshKeyPair } from './register-ssh-key-pair.command.ts';
import { SshKeyPair } from './ssh-key-pair.entity.ts';
import { VmSshKey } from './vm-ssh-key.entity.ts';

export const sshKeyPairArea = area({
  name: 'ssh-key-pair',
  commands: [createSshKeyPair, registerSshKeyPair, listSshKeyPairs, deleteSshKeyPair],
  resources: [resource(SshKeyPair, { noun: 'SSH key pair', type: 'SSHKeyPair', may: ownedByAccount })],
  entities: [SshKeyPair, VmSshKey],
});
