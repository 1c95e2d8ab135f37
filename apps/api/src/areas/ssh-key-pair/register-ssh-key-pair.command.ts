// registerSSHKeyPair
import { parseSshPublicKey } from '@strata/domain';
import { everyRole } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { ownerParams } from '../account/owner.ts';
import { sshKeyPairView } from './ssh-key-pair.view.ts';
import { ownerOfPair, storeKeyPair } from './store-key-pair.ts';

export const registerSSHKeyPair = command({
  name: 'registerSSHKeyPair',
  about: 'Registers the public key of an SSH key pair that the user has.',
  roles: everyRole,
  since: '1.0',
  event: 'REGISTER.SSH.KEYPAIR',
  params: {
    name: param.string({ required: true, about: 'its name, unique in the account' }),
    publickey: param.line({ required: true, maxLength: 5120, about: 'the public key, as in a .pub file' }),
    ...ownerParams,
  },
  returns: sshKeyPairView,
  async execute(args, ctx) {
    const pair = await ownerOfPair(args, ctx);
    return storeKeyPair(pair, parseSshPublicKey(args.publickey), ctx);
  },
});
