// Public SSH keys of users: one line as in authorized_keys, without options before it.
import { problem } from '../errors.ts';

/** How many length-prefixed fields a key of each kind has after its name (RFC 4253 section 6.6, RFC 5656, RFC 8709, OpenSSH PROTOCOL.u2f). */
const fieldsOf: Readonly<Record<string, number>> = {
  'ssh-rsa': 2,
  'ssh-ed25519': 1,
  'ecdsa-sha2-nistp256': 2,
  'ecdsa-sha2-nistp384': 2,
  'ecdsa-sha2-nistp521': 2,
  'sk-ssh-ed25519@openssh.com': 2,
  'sk-ecdsa-sha2-nistp256@openssh.com': 3,
};

export interface SshPublicKey {
  /** `ssh-ed25519 AAAA… comment`, single blanks between. */
  readonly line: string;
  /** What fingerprints are made of, in base64. */
  readonly blobBase64: string;
}

/** Takes the line, or the whole line in base64 as some clients send it. Throws `invalid`. */
export function parseSshPublicKey(text: string, parameter = 'publickey'): SshPublicKey {
  const line = text.trim();
  const readable = /\s/.test(line) ? line : (decodeText(line) ?? line).trim();
  const [algorithm = '', blobBase64 = '', ...comment] = readable.split(/[ \t]+/);
  const fields = Object.hasOwn(fieldsOf, algorithm) ? fieldsOf[algorithm] : undefined;
  const blob = fields === undefined || /\p{Cc}/u.test(readable.replaceAll('\t', ' ')) ? undefined : decodeBase64(blobBase64);
  if (!blob || !holds(blob, algorithm, fields!))
    throw problem(
      'invalid',
      `parameter ${parameter} is not an SSH public key: send one line such as "ssh-ed25519 AAAA… name", the content of a .pub file`,
    );
  return { line: [algorithm, blobBase64, ...comment].join(' '), blobBase64 };
}

/** The blob is the algorithm's name and as many further fields as such a key has, and nothing after them. */
function holds(blob: Uint8Array, algorithm: string, fields: number): boolean {
  const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength);
  let offset = 0;
  for (let index = 0; index <= fields; index += 1) {
    if (offset + 4 > blob.length) return false;
    const length = view.getUint32(offset);
    const end = offset + 4 + length;
    if (length === 0 || end > blob.length) return false;
    if (index === 0 && String.fromCharCode(...blob.subarray(offset + 4, end)) !== algorithm) return false;
    offset = end;
  }
  return offset === blob.length;
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function decodeBase64(text: string): Uint8Array | undefined {
  if (text.length === 0 || text.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return undefined;
  const digits = text.replace(/=+$/, '');
  const bytes = new Uint8Array(Math.floor((digits.length * 3) / 4));
  let bits = 0;
  let at = 0;
  for (const [index, digit] of [...digits].entries()) {
    bits = ((bits << 6) | alphabet.indexOf(digit)) & 0xffffff;
    // Each digit after the first of a group of four completes a byte.
    if (index % 4 !== 0) bytes[at++] = bits >> (6 - 2 * (index % 4));
  }
  return bytes;
}

function decodeText(base64: string): string | undefined {
  const bytes = decodeBase64(base64);
  return bytes && String.fromCharCode(...bytes);
}
