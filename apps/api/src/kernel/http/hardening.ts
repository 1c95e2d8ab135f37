// What an installation may ask of requests beyond the protocol: changes by POST only, signatures that end soon. Older clients can do neither.
import { setting } from '../settings/settings.ts';
import { isCurrent } from './signature.ts';

export const enforcePostAndTimestamps = setting<boolean>({
  name: 'enforce.post.requests.and.timestamps',
  about:
    'Whether commands that change something are taken by POST only, and signed requests only with signatureversion=3 and an expires of at most 15 minutes. Many clients can do neither.',
  category: 'Security',
  initial: false,
});

const longestLifeMs = 15 * 60_000;
/** The clock of a client may be ahead of ours by so much. */
const clockSlackMs = 60_000;

/** Commands that only read, by their names (contract/protocol section 1). */
export function readsByName(command: string): boolean {
  return /^(get|list|query|find)\w+$/.test(command);
}

/** Whether a signature ends, and soon enough that a copy of the request is of little use. */
export function endsSoon(version: string | undefined, expires: string | undefined, now: Date): boolean {
  // Already over at the latest moment that is allowed.
  return version === '3' && !isCurrent(version, expires, new Date(now.getTime() + longestLifeMs + clockSlackMs));
}
