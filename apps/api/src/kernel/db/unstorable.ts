// Values that passed every check of a command and that the database still can't hold or compare.
import { problem, type Problem } from '@strata/domain';

/** Of MariaDB: mixed collations (two and more), a wrong string for the character set, too long, out of range. */
const errors = new Set([1267, 1270, 1271, 1366, 1406, 1264]);

/** What to tell the caller whose value it is; undefined for every other error. */
export function unstorable(error: unknown): Problem | undefined {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    const { errno, message } = at as Error & { errno?: number };
    if (errno === undefined || !errors.has(errno)) continue;
    const column = /column (?:`[^`]*`\.`[^`]*`\.)?[`'](\w+)[`']/.exec(message)?.[1];
    const what = column ? `the value for ${column.replaceAll('_', ' ')}` : 'a value';
    return problem(
      'invalid',
      `${what} is too long, too large or holds characters that cannot be kept there: send plain letters, and less`,
      { cause: error },
    );
  }
  return undefined;
}
