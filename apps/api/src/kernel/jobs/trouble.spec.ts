// Which errors are tried again and which fail the step.
import { problem } from '@strata/domain';
import { describe, expect, it } from 'vitest';
import { isPassing, loggedProblem } from './trouble.ts';

const driverError = (kind: string) => Object.assign(new Error(`host: ${kind}`), { kind });

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

describe('loggedProblem', () => {
  it('keeps problems, calls hosts that fail unavailable and everything else a defect', () => {
    expect(loggedProblem(problem('noCapacity', 'no room'))).toEqual({ kind: 'noCapacity', message: 'no room' });
    expect(loggedProblem(driverError('refused'))).toEqual({ kind: 'unavailable', message: 'host: refused' });
    expect(loggedProblem(driverError('bug'))).toMatchObject({ kind: 'bug' });
    expect(loggedProblem(new TypeError('x'))).toEqual({ kind: 'bug', message: 'x' });
    expect(loggedProblem('text')).toEqual({ kind: 'bug', message: 'text' });
  });
});
