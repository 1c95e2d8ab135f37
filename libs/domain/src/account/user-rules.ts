// What users may have as password and mail address.
import { problem } from '../errors.ts';

/**
 * Old clients send the MD5 of the password, whose length tells nothing: only that it is not empty can be seen then.
 * @throws invalid
 */
export function assertPassword(password: string, minimumLength: number): void {
  if (password === '')
    throw problem('invalid', 'parameter password is empty: send the new password, or leave it out to keep the present one');
  const length = [...password].length;
  if (length < minimumLength && !/^[0-9a-f]{32}$/.test(password))
    throw problem(
      'invalid',
      `parameter password has ${length} ${length === 1 ? 'character' : 'characters'}: choose one of at least ${minimumLength}`,
    );
}

/** Whether mail arrives there is not looked at. Returns the trimmed address; @throws invalid */
export function parseEmail(text: string, parameter: string): string {
  const email = text.trim();
  if (!/^[^\s@<>,;"]+@[^\s@<>,;"]+$/.test(email))
    throw problem('invalid', `parameter ${parameter} "${email}" is not a mail address: write it as name@example.org`);
  return email;
}
