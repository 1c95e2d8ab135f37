// Deadlocks, long waits, duplicates and a database that is away are told apart.
import { describe, expect, it } from 'vitest';
import { isDatabaseAway, isDeadlock, isDuplicate, isLockConflict } from './failures.ts';

const queryError = (code: string) =>
  Object.assign(new Error(code), { name: 'QueryFailedError', code, driverError: Object.assign(new Error(code), { code, sqlState: 'HY000' }) });

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
});
