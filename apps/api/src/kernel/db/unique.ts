// Turns a broken unique index into an answer for the caller.
import { problem } from '@strata/domain';

/** MariaDB ER_DUP_ENTRY. */
const duplicateEntry = 1062;

/** @throws invalid with `message` when the write meets a unique index */
export async function unlessTaken<T>(write: Promise<T>, message: string): Promise<T> {
  try {
    return await write;
  } catch (cause) {
    if (cause instanceof Error && (cause as Error & { errno?: number }).errno === duplicateEntry)
      throw problem('invalid', message, { cause });
    throw cause;
  }
}
