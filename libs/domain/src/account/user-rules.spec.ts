// Passwords and mail addresses of users.
import { describe, expect, it } from 'vitest';
import { assertPassword, parseEmail } from './user-rules.ts';

describe('passwords', () => {
  it.each(['password', 'ä'.repeat(8), '5f4dcc3b5aa765d61d8327deb882cf99'])('may be %s', (password) => {
    expect(() => assertPassword(password, 8)).not.toThrow();
  });

  it.each([
    ['', 'is empty'],
    ['x', 'has 1 character: choose one of at least 8'],
    ['seven77', 'has 7 characters'],
  ])('may not be "%s"', (password, reason) => {
    expect(() => assertPassword(password, 8)).toThrow(reason);
  });

  it('may be short where no minimum is set, but not empty', () => {
    expect(() => assertPassword('x', 0)).not.toThrow();
    expect(() => assertPassword('', 0)).toThrow('is empty');
  });
});

describe('mail addresses', () => {
  it('are trimmed', () => expect(parseEmail(' ann@example.org ', 'email')).toBe('ann@example.org'));

  it.each(['notmail', '@example.org', 'ann@', 'a@b@c', 'ann smith@example.org', '<ann@example.org>'])('are not like %s', (text) => {
    expect(() => parseEmail(text, 'email')).toThrow('is not a mail address: write it as name@example.org');
  });
});
