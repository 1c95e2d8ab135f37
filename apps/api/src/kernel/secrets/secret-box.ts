// Encrypts what must be readable again (API secret keys, host keys) with a master key kept outside the database.
import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, type KeyObject, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';

const algorithm = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;
const openedKept = 1_000;
/** Longer texts (user data) are not kept open: a thousand of them would fill the memory. */
const longestKept = 1_024;

export class SecretBox {
  /** Prepared once: a secret is opened for every signed request. */
  private readonly key: KeyObject;
  /** A sealed text never changes its meaning: what was opened lately need not be deciphered again. */
  private readonly opened = new Map<string, string>();

  /** @param key 32 bytes */
  constructor(key: Buffer) {
    this.key = createSecretKey(key);
  }

  /** Reads the master key from a file, making it on first use (mode 0600). */
  static fromFile(path: string): SecretBox {
    if (!existsSync(path)) {
      writeFileSync(path, randomBytes(32).toString('base64'), { mode: 0o600, flag: 'wx' });
      chmodSync(path, 0o600);
    }
    const key = Buffer.from(readFileSync(path, 'utf8').trim(), 'base64');
    if (key.length !== 32) throw new Error(`the master key in ${path} is damaged: it must be 32 bytes in base64; restore it from a backup`);
    return new SecretBox(key);
  }

  /** @returns `v1:` + base64 of nonce, tag and cipher text */
  seal(plain: string): string {
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv(algorithm, this.key, nonce);
    const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
    return `v1:${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64')}`;
  }

  /**
   * Always the same bytes for the same purpose and subject, and of no use to guess others by (HKDF, RFC 5869): a secret that
   * needs no place to be kept.
   */
  derive(purpose: string, subject = '', bytes = 32): Buffer {
    return Buffer.from(hkdfSync('sha256', this.key, '', JSON.stringify([purpose, subject]), bytes));
  }

  /** @throws Error when the text was sealed with another key or altered */
  open(sealed: string): string {
    const known = this.opened.get(sealed);
    if (known !== undefined) return known;
    const bytes = Buffer.from(sealed.slice('v1:'.length), 'base64');
    const decipher = createDecipheriv(algorithm, this.key, bytes.subarray(0, nonceBytes));
    decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
    const plain = Buffer.concat([decipher.update(bytes.subarray(nonceBytes + tagBytes)), decipher.final()]).toString('utf8');
    if (sealed.length > longestKept) return plain;
    if (this.opened.size >= openedKept) this.opened.delete(this.opened.keys().next().value!);
    this.opened.set(sealed, plain);
    return plain;
  }
}
