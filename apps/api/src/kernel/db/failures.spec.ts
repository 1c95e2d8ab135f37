// Deadlocks, long waits, duplicates and a database that is away are told apart.
import { describe, expect, it } from 'vitest';
import { isDatabaseAway, isDatabaseUnreached, isDeadlock, isDuplicate, isLockConflict } from './failures.ts';

const queryError = (code: string) =>
  Object.assign(new Error(code), {
    name: 'QueryFailedError',
    code,
    driverError: Object.assign(new Error(code), { code, sqlState: 'HY000' }),
  });

describe('a failed statement', () => {
  it.each([
    ['ER_LOCK_DEADLOCK', ['deadlock', 'lock conflict']],
    ['ER_CHECKREAD', ['deadlock', 'lock conflict']],
    ['ER_LOCK_WAIT_TIMEOUT', ['lock conflict']],
    ['ER_DUP_ENTRY', ['duplicate']],
    ['PROTOCOL_CONNECTION_LOST', ['away']],
    ['ER_PARSE_ERROR', []],
  ])('%s means %j, also under words added on the way', (code, meanings) => {
    for (const error of [queryError(code), new Error('while storing', { cause: queryError(code) })]) {
      const tests = { deadlock: isDeadlock, 'lock conflict': isLockConflict, duplicate: isDuplicate, away: isDatabaseAway };
      expect(Object.entries(tests).flatMap(([name, holds]) => (holds(error) ? [name] : []))).toEqual(meanings);
    }
  });

  it('is no refused connection to a host', () => {
    expect(isDatabaseAway(queryError('ECONNREFUSED'))).toBe(true);
    expect(isDatabaseAway(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }))).toBe(false);
  });

  it('is a statement on a connection that broke before', () => {
    const closed = Object.assign(new Error("Can't add new command when connection is in closed state"), { fatal: true });
    expect(isDatabaseAway(new Error('while storing', { cause: closed }))).toBe(true);
    expect(isDatabaseAway(new Error(closed.message))).toBe(false);
  });

  it('is known to have had no effect when the database could not even be reached', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', syscall: 'connect', fatal: true });
    expect(isDatabaseUnreached(refused)).toBe(true);
    expect(isDatabaseUnreached(queryError('PROTOCOL_CONNECTION_LOST'))).toBe(false);
    expect(isDatabaseUnreached(Object.assign(new Error('connect to a host'), { code: 'ECONNREFUSED', syscall: 'connect' }))).toBe(false);
  });
});
