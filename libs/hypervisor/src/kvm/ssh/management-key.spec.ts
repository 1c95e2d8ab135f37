// Every generated key pair can be read again and fits together.
import ssh2 from 'ssh2';
import { expect, it } from 'vitest';
import { checkPublicKey } from '../host-strings.ts';
import { generateManagementKey } from './management-key.ts';

it('makes pairs that SSH reads, also with a comment', () => {
  // One raw pair in about 256 is unusable: a thousand would show it.
  for (let round = 0; round < 1000; round++) {
    const pair = generateManagementKey('strata@cloud');
    const key = ssh2.utils.parseKey(pair.privateKeyPem);
    if (key instanceof Error) throw key;
    expect(pair.publicKeyOpenSsh).toBe(`ssh-ed25519 ${key.getPublicSSH().toString('base64')} strata@cloud`);
    expect(checkPublicKey(pair.publicKeyOpenSsh)).toBe(pair.publicKeyOpenSsh);
  }
});
