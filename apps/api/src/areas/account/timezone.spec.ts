// Names and offsets of time zones.
import { expect, it } from 'vitest';
import { parseTimezone, timezoneOffsetHours } from './timezone.ts';

it('knows the names of the IANA database', () => {
  expect(parseTimezone('europe/berlin')).toBe('Europe/Berlin');
  expect(() => parseTimezone('Mars/Olympus')).toThrow(/timezone Mars\/Olympus is unknown/);
});

it('tells the hours from UTC at a moment', () => {
  const winter = new Date('2026-01-15T12:00:00Z');
  expect(['UTC', 'Europe/Berlin', 'Asia/Kolkata', 'America/St_Johns', null].map((zone) => timezoneOffsetHours(zone, winter))).toEqual([
    '0.0',
    '1.0',
    '5.5',
    '-3.5',
    undefined,
  ]);
  expect(timezoneOffsetHours('Europe/Berlin', new Date('2026-07-15T12:00:00Z'))).toBe('2.0');
});
