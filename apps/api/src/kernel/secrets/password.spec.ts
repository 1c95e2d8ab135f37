// Password hashes: plain and MD5 input meet, nothing else does, and the number at work is bounded (T28).
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hashPassword, verifyPassword } from './password.ts';

const md5 = (text: string) => createHash('md5').update(text).digest('hex');

describe('passwords', () => {
  it('are stored salted, with algorithm and cost', async () => {
    const [first, second] = await Promise.all([hashPassword('hunter2'), hashPassword('hunter2')]);
    expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(first).not.toBe(second);
  });

  it('fit whether sent plain or as MD5', async () => {
    const stored = await hashPassword('pässword');
    expect(await verifyPassword('pässword', stored)).toBe(true);
    expect(await verifyPassword(md5('pässword'), stored)).toBe(true);
    expect(await verifyPassword('password', stored)).toBe(false);
    expect(await verifyPassword('', stored)).toBe(false);
  });

  it('of nobody never fit', async () => {
    expect(await verifyPassword('password', undefined)).toBe(false);
  });

  it('are refused when too many wait', async () => {
    const results = await Promise.allSettled(Array.from({ length: 80 }, () => verifyPassword('x', undefined)));
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused).toHaveLength(14);
    expect(refused[0]?.reason).toMatchObject({ kind: 'throttled' });
  });
});
