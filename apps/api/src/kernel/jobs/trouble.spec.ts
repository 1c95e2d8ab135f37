// Which errors are tried again, which leave the job, which fail the step.
import { problem } from '@strata/domain';
import { describe, expect, it } from 'vitest';
import { isDatabaseAway, isLockConflict, isPassing, loggedProblem } from './trouble.ts';

const driverError = (kind: string) => Object.assign(new Error(`host: ${kind}`), { kind });
const queryError = (code: string) => Object.assign(new Error(code), { name: 'QueryFailedError', code, driverError: Object.assign(new Error(code), { code, sqlState: 'HY000' }) });

describe('isPassing', () => {
  it('holds for hosts that are unreachable or busy, also under words added on the way', () => {
    for (const kind of ['unreachable', 'busy']) {
      expect(isPassing(driverError(kind))).toBe(true);
      expect(isPassing(new Error('while starting', { cause: driverError(kind) }))).toBe(true);
    }
  });

  it('does not hold for refusals, defects, or what a step has judged itself', () => {
    for (const kind of ['refused', 'missing', 'unsupported', 'bug']) expect(isPassing(driverError(kind))).toBe(false);
    expect(isPassing(problem('unavailable', 'no', { cause: driverError('unreachable') }))).toBe(false);
    expect(isPassing(new Error('busy'))).toBe(false);
    expect(isPassing('unreachable')).toBe(false);
  });
});

describe('database trouble', () => {
  it('tells lost races for locks from a database that is away', () => {
    expect(isLockConflict(queryError('ER_LOCK_DEADLOCK'))).toBe(true);
    expect(isDatabaseAway(queryError('ER_LOCK_DEADLOCK'))).toBe(false);
    expect(isDatabaseAway(queryError('PROTOCOL_CONNECTION_LOST'))).toBe(true);
    expect(isDatabaseAway(new Error('while reading', { cause: queryError('ECONNREFUSED') }))).toBe(true);
  });

  it('does not take a refused connection to a host for it', () => {
    expect(isDatabaseAway(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }))).toBe(false);
  });
});

describe('loggedProblem', () => {
  it('keeps problems, calls hosts that fail unavailable and everything else a defect', () => {
    expect(loggedProblem(problem('noCapacity', 'no room'))).toEqual({ kind: 'noCapacity', message: 'no room' });
    expect(loggedProblem(driverError('refused'))).toEqual({ kind: 'unavailable', message: 'host: refused' });
    expect(loggedProblem(driverError('bug'))).toMatchObject({ kind: 'bug' });
    expect(loggedProblem(new TypeError('x'))).toEqual({ kind: 'bug', message: 'x' });
    expect(loggedProblem('text')).toEqual({ kind: 'bug', message: 'text' });
  });
});
