// The answer to the challenge of VNC's password authentication (RFC 6143 section 7.2.2).
import { createCipheriv } from 'node:crypto';

export const challengeBytes = 16;

/** DES with the password as key, each byte mirrored as VNC does it. */
export function answerChallenge(password: string, challenge: Uint8Array): Buffer {
  const key = Buffer.alloc(8);
  key.write(password, 'latin1');
  for (let at = 0; at < 8; at++) key[at] = mirrored(key[at]!);
  // Single DES is gone from OpenSSL's default provider; with three equal keys, triple DES is the same.
  const cipher = createCipheriv('des-ede3-ecb', Buffer.concat([key, key, key]), null).setAutoPadding(false);
  return Buffer.concat([cipher.update(challenge), cipher.final()]);
}

function mirrored(byte: number): number {
  let result = 0;
  for (let bit = 0; bit < 8; bit++) if (byte & (1 << bit)) result |= 0x80 >> bit;
  return result;
}
