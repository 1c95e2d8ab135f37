// Makes SSH key pairs and fingerprints.
import { createHash, generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';

const generate = promisify(generateKeyPair);

export interface KeyMaterial {
  /** PKCS#1 in PEM, without a passphrase: what every SSH client reads. */
  readonly privateKeyPem: string;
  /** `ssh-rsa AAAA…`. */
  readonly publicKeyLine: string;
}

/** RSA of 2048 bits: the kind that clients of this command expect. */
export async function makeKeyPair(): Promise<KeyMaterial> {
  const { privateKey, publicKey } = await generate('rsa', { modulusLength: 2048 });
  const { n, e } = publicKey.export({ format: 'jwk' });
  const blob = Buffer.concat([sshString(Buffer.from('ssh-rsa')), mpint(e!), mpint(n!)]);
  return {
    privateKeyPem: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
    publicKeyLine: `ssh-rsa ${blob.toString('base64')}`,
  };
}

/** Sixteen hexadecimal pairs with colons between. */
export function fingerprintOf(blobBase64: string): string {
  const digest = createHash('md5').update(Buffer.from(blobBase64, 'base64')).digest('hex');
  return digest.match(/../g)!.join(':');
}

/** A string as in RFC 4251 section 5: its length in four bytes, then itself. */
function sshString(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** A positive number as in RFC 4251 section 5: a zero byte before it where it would look negative. */
function mpint(base64url: string): Buffer {
  const bytes = Buffer.from(base64url, 'base64url');
  return sshString(bytes[0]! >= 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes);
}
