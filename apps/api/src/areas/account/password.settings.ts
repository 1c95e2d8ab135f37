// What is asked of passwords.
import { setting } from '../../kernel/settings/settings.ts';

export const minimumPasswordLength = setting<number>({
  name: 'user.password.minimum.length',
  about: 'How many characters a new password has at least. Passwords that a client sends as MD5 cannot be measured.',
  category: 'Security',
  initial: 8,
  refuse: (value) => (Number.isInteger(value) && value >= 0 && value <= 100 ? undefined : 'a whole number from 0 to 100 is expected'),
});
