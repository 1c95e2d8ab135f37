// The catalogue of event types.
import { expect, it } from 'vitest';
import { eventTypes } from './event-types.ts';

it('names each event once, in upper case with dots', () => {
  expect(new Set(eventTypes).size).toBe(eventTypes.length);
  for (const type of eventTypes) expect(type).toMatch(/^[A-Z]+(\.[A-Z]+)+$/);
});
