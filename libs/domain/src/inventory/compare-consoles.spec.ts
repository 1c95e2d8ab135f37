// Consoles that outlive what they were made for are differences, others are not.
import { expect, it } from 'vitest';
import { compareConsoles } from './compare-consoles.ts';

const subject = 'console of web-1';

it.each([
  [{ isOpen: false, mayLive: true, isServerAlive: null }, undefined],
  [{ isOpen: true, mayLive: true, isServerAlive: true }, undefined],
  [{ isOpen: false, mayLive: false, isServerAlive: null }, 'a link that is kept'],
  [{ isOpen: true, mayLive: false, isServerAlive: true }, 'open'],
  [{ isOpen: true, mayLive: true, isServerAlive: false }, 'kept for a server that is dead'],
])('%j', (entry, found) => {
  expect(compareConsoles([{ subject, ...entry }])[0]?.found).toBe(found);
});
