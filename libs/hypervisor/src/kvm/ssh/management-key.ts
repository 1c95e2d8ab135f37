// The key pair with which the management server logs in to its hosts.
import ssh2 from 'ssh2';

/** Length, `ssh-ed25519`, length, 32 bytes (RFC 8709 section 4). */
const ed25519BlobBytes = 4 + 11 + 4 + 32;

/** An Ed25519 pair in OpenSSH's formats, the ones that ssh2 and `authorized_keys` read. */
export function generateManagementKey(comment = 'strata-management'): { privateKeyPem: string; publicKeyOpenSsh: string } {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519', { comment });
    if (isSound(pair.private) && isSound(pair.public)) return { privateKeyPem: pair.private, publicKeyOpenSsh: pair.public };
  }
}

/** ssh2 loses the first byte of a key when it is zero, about one pair in 256: nobody can log in with such a key. */
function isSound(key: string): boolean {
  const parsed = ssh2.utils.parseKey(key);
  return !(parsed instanceof Error) && parsed.getPublicSSH().length === ed25519BlobBytes;
}
