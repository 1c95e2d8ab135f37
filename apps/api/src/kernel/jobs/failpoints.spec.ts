// Failpoints: where they stand, and that only an explicit permission arms them.
import { describe, expect, it } from 'vitest';
import { Failpoints, FailpointError } from './failpoints.ts';

class Died extends Error {}
const armed = (spec: string) => {
  const failpoints = new Failpoints(() => {
    throw new Died();
  });
  failpoints.set(spec);
  return failpoints;
};

describe('failpoints', () => {
  it('are off without permission', () => {
    expect(Failpoints.fromEnvironment({ STRATA_FAILPOINT: 's:a:error' }).has('s', 'a', 'error')).toBe(false);
    expect(Failpoints.fromEnvironment({ STRATA_FAILPOINT: 's:a:error', STRATA_ALLOW_FAILPOINTS: '1' }).has('s', 'a', 'error')).toBe(true);
  });

  it.each(['s', 's:a', 's:a:nowhere', 's:a:error:more'])('refuse the place %s', (spec) => {
    expect(() => armed(spec)).toThrow(/failpoint/);
  });

  it('die before the step or after its effect', async () => {
    let done = 0;
    const work = async () => ++done;
    await expect(armed('s:a:before').around('s', 'a', false, work)).rejects.toThrow(Died);
    expect(done).toBe(0);
    await expect(armed('s:a:effect').around('s', 'a', false, work)).rejects.toThrow(Died);
    expect(done).toBe(1);
    expect(await armed('s:b:effect').around('s', 'a', false, work)).toBe(2);
    expect(await armed('s:a:effect').around('s', 'a', true, work)).toBe(3);
  });

  it('fail a step before or after its effect, or do it twice', async () => {
    let done = 0;
    const work = async () => ++done;
    await expect(armed('s:a:refuse').around('s', 'a', false, work)).rejects.toThrow(FailpointError);
    expect(done).toBe(0);
    await expect(armed('s:a:error').around('s', 'a', false, work)).rejects.toThrow(FailpointError);
    expect(done).toBe(1);
    expect(await armed('s:a:repeat,s:b:error').around('s', 'a', false, work)).toBe(3);
    expect(await armed('s:a:undo-repeat').around('s', 'a', true, work)).toBe(5);
  });
});
