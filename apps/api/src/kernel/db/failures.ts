// What a failed statement means, told from the errors of MariaDB and its driver, also under words that were added on the way.

/** An error and the causes behind it, as far as they are objects. */
export function* causesOf(error: unknown): Generator<object> {
  for (let link = error, depth = 0; typeof link === 'object' && link !== null && depth < 8; depth += 1) {
    yield link;
    link = (link as { cause?: unknown; driverError?: unknown }).driverError ?? (link as { cause?: unknown }).cause;
  }
}

const deadlockCodes = new Set(['ER_LOCK_DEADLOCK', 'ER_CHECKREAD']);
const lockWaitCodes = new Set(['ER_LOCK_WAIT_TIMEOUT']);
const duplicateCodes = new Set(['ER_DUP_ENTRY']);
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

/** Codes of the network alone say nothing: hosts are reached over it too. */
function hasQueryCode(error: unknown, codes: ReadonlySet<string>): boolean {
  for (const link of causesOf(error)) {
    const { code, sqlState, fatal, name } = link as { code?: unknown; sqlState?: unknown; fatal?: unknown; name?: unknown };
    if (typeof code !== 'string' || !codes.has(code)) continue;
    if (sqlState !== undefined || fatal !== undefined || name === 'QueryFailedError' || code.startsWith('PROTOCOL_')) return true;
  }
  return false;
}

/** InnoDB rolled the whole transaction back in favour of another: it may be done again as it is, at once. */
export function isDeadlock(error: unknown): boolean {
  return hasQueryCode(error, deadlockCodes);
}

/** The transaction lost a race for locks, perhaps after waiting long: it is done again as a whole. */
export function isLockConflict(error: unknown): boolean {
  return isDeadlock(error) || hasQueryCode(error, lockWaitCodes);
}

/** The row breaks a unique index. */
export function isDuplicate(error: unknown): boolean {
  return hasQueryCode(error, duplicateCodes);
}

/** The database is away: says nothing about what was asked of it. */
export function isDatabaseAway(error: unknown): boolean {
  return hasQueryCode(error, connectionCodes) || hasClosedConnection(error);
}

/** The database was away before it was asked anything: nothing can have happened. */
export function isDatabaseUnreached(error: unknown): boolean {
  return isDatabaseAway(error) && [...causesOf(error)].some((link) => (link as { syscall?: unknown }).syscall === 'connect');
}

/** What mysql2 answers, without a code, to statements on a connection that broke earlier. */
function hasClosedConnection(error: unknown): boolean {
  return [...causesOf(error)].some(
    (link) => (link as { fatal?: unknown }).fatal === true && (link as Error).message.endsWith(' in closed state'),
  );
}
