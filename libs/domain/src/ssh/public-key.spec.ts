// Which lines are taken as public SSH keys.
import { describe, expect, it } from 'vitest';
import { parseSshPublicKey } from './public-key.ts';

const ed25519 = 'AAAAC3NzaC1lZDI1NTE5AAAAIFvEBt5sDfMUfXdXIdvVqK0Q1xhkkYOWbEpNkT3HR8ZR';

describe('parseSshPublicKey', () => {
  it('gives one line with single blanks and the blob', () => {
    expect(parseSshPublicKey(`  ssh-ed25519   ${ed25519}\tann@home  office \n`)).toEqual({
      line: `ssh-ed25519 ${ed25519} ann@home office`,
      blobBase64: ed25519,
    });
  });

  it('takes a key without a comment', () => {
    expect(parseSshPublicKey(`ssh-ed25519 ${ed25519}`).line).toBe(`ssh-ed25519 ${ed25519}`);
  });

  it('takes the whole line in base64', () => {
    expect(parseSshPublicKey(btoa(`ssh-ed25519 ${ed25519} ann\n`)).line).toBe(`ssh-ed25519 ${ed25519} ann`);
  });

  it.each([
    ['nothing', ''],
    ['a word', 'hello'],
    ['options before the key', `command="sh" ssh-ed25519 ${ed25519}`],
    ['a kind that is no kind', `constructor ${ed25519}`],
    ['a kind that is not the key’s own', `ssh-rsa ${ed25519}`],
    ['a key cut short', `ssh-ed25519 ${ed25519.slice(0, -4)}`],
    ['a key with more behind it', `ssh-ed25519 ${ed25519}AAAA`],
    ['a key in no base64', `ssh-ed25519 ${ed25519.replace('F', '!')}`],
    ['two lines', `ssh-ed25519 ${ed25519} ann\nssh-ed25519 ${ed25519} bob`],
    ['a private key', '-----BEGIN OPENSSH PRIVATE KEY-----'],
  ])('refuses %s', (_what, text) => {
    expect(() => parseSshPublicKey(text)).toThrow(/parameter publickey is not an SSH public key/);
  });
});
