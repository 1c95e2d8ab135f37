// Turns a broken unique index into an answer for the caller.
import { problem } from '@strata/domain';
import { isDuplicate } from './failures.ts';

/** @throws invalid with `message` when the write meets a unique index */
export async function unlessTaken<T>(write: Promise<T>, message: string): Promise<T> {
  try {
    return await write;
  } catch (cause) {
    if (isDuplicate(cause)) throw problem('invalid', message, { cause });
    throw cause;
  }
}
