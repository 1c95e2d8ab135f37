// The key pair with which the management server logs in to its hosts.
import ssh2 from 'ssh2';

/** An Ed25519 pair in OpenSSH's formats, the ones that ssh2 and `authorized_keys` read. */
export function generateManagementKey(comment = 'strata-management'): { privateKeyPem: string; publicKeyOpenSsh: string } {
  const pair = ssh2.utils.generateKeyPairSync('ed25519', { comment });
  return { privateKeyPem: pair.private, publicKeyOpenSsh: pair.public };
}
