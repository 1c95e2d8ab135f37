// createSSHKeyPair
import { parseSshPublicKey } from '@strata/domain';
import { everyRole } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { ownerParams } from '../account/owner.ts';
import { makeKeyPair } from './key-material.ts';
import { newSshKeyPairView } from './ssh-key-pair.view.ts';
import { ownerOfPair, storeKeyPair } from './store-key-pair.ts';

export const createSSHKeyPair = command({
  name: 'createSSHKeyPair',
  about: 'Makes an SSH key pair and answers its private key, which is not kept.',
  roles: everyRole,
  since: '1.0',
  event: 'REGISTER.SSH.KEYPAIR',
  params: {
    name: param.string({ required: true, about: 'its name, unique in the account' }),
    ...ownerParams,
  },
  returns: newSshKeyPairView,
  async execute(args, ctx) {
    const pair = await ownerOfPair(args, ctx);
    const { privateKeyPem, publicKeyLine } = await makeKeyPair();
    return { ...(await storeKeyPair(pair, parseSshPublicKey(publicKeyLine), ctx)), privateKey: privateKeyPem };
  },
});
