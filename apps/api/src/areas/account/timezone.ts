// Time zones of users.
import { problem } from '@strata/domain';

/** @returns the zone as the IANA database spells it. @throws invalid for a name it does not have */
export function parseTimezone(name: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch (cause) {
    throw problem('invalid', `timezone ${name.slice(0, 80)} is unknown: a name like Europe/Berlin or UTC is expected`, { cause });
  }
}

/** Hours from UTC at that moment, as text with a fraction: `5.5`; undefined without a zone. */
export function timezoneOffsetHours(timezone: string | null, at: Date): string | undefined {
  if (timezone === null) return undefined;
  const name = new Intl.DateTimeFormat('en', { timeZone: timezone, timeZoneName: 'longOffset' })
    .formatToParts(at)
    .find((part) => part.type === 'timeZoneName')?.value;
  const match = /^GMT(?:([+-])(\d{2}):(\d{2}))?$/.exec(name ?? '');
  const hours = Number(match?.[2] ?? 0) + Number(match?.[3] ?? 0) / 60;
  const signed = match?.[1] === '-' ? -hours : hours;
  return Number.isInteger(signed) ? signed.toFixed(1) : String(signed);
}
