// What an error means for a job: wait and try again, leave the job for later, or fail the step.
import { type LoggedProblem, Problem } from '@strata/domain';

/** The chain from an error to its causes, cut where a Problem already says what it means. */
function* links(error: unknown): Generator<object> {
  for (let link = error, depth = 0; typeof link === 'object' && link !== null && depth < 8; depth += 1) {
    yield link;
    link = (link as { cause?: unknown; driverError?: unknown }).driverError ?? (link as { cause?: unknown }).cause;
  }
}

/** Hosts that don't answer or can't just now: the only failures that are tried again. */
export function isPassing(error: unknown): boolean {
  for (const link of links(error)) {
    if (link instanceof Problem) return false;
    const { kind } = link as { kind?: unknown };
    if (kind === 'unreachable' || kind === 'busy') return true;
  }
  return false;
}

const lockCodes = new Set(['ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT', 'ER_CHECKREAD']);
const connectionCodes = new Set([
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_SEQUENCE_TIMEOUT',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ER_SERVER_SHUTDOWN',
  'ER_CON_COUNT_ERROR',
  'ER_CONNECTION_KILLED',
  'ER_QUERY_INTERRUPTED',
]);

function hasQueryCode(error: unknown, codes: ReadonlySet<string>): boolean {
  for (const link of links(error)) {
    const { code, sqlState, fatal, name } = link as { code?: unknown; sqlState?: unknown; fatal?: unknown; name?: unknown };
    const fromDatabase = sqlState !== undefined || fatal !== undefined || name === 'QueryFailedError' || typeof code === 'string' && code.startsWith('PROTOCOL_');
    if (fromDatabase && typeof code === 'string' && codes.has(code)) return true;
  }
  return false;
}

/** The transaction lost a race for locks and is done again as a whole. */
export function isLockConflict(error: unknown): boolean {
  return hasQueryCode(error, lockCodes);
}

/** The database is away: says nothing about the step. */
export function isDatabaseAway(error: unknown): boolean {
  return hasQueryCode(error, connectionCodes);
}

/** A failure as the log and the job keep it; what a defect says is for administrators only. */
export function loggedProblem(error: unknown): LoggedProblem {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof Problem) return { kind: error.kind, message };
  const kind = (error as { kind?: unknown } | null)?.kind;
  const fromDriver = typeof kind === 'string' && kind !== 'bug';
  return { kind: fromDriver ? 'unavailable' : 'bug', message };
}
