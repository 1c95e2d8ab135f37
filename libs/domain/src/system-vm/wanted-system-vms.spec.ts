// Wanted places against machines there are: exactly one each, whatever state those are in.
import { describe, expect, it } from 'vitest';
import { type ExistingSystemVm, planSystemVms, type WantedPlace } from './wanted-system-vms.ts';

const storage: WantedPlace = { kind: 'secondarystoragevm', zoneId: 1 };
const vm = (id: number, over: Partial<ExistingSystemVm> = {}): ExistingSystemVm => ({
  id,
  kind: 'secondarystoragevm',
  zoneId: 1,
  podId: 1,
  state: 'Running',
  isStoppedOnRequest: false,
  isBusy: false,
  isLost: false,
  isMute: false,
  ...over,
});

describe('planSystemVms', () => {
  it('makes what is missing and leaves what is right', () => {
    expect(planSystemVms([storage], [])).toEqual({ create: [storage], start: [], destroy: [] });
    expect(planSystemVms([storage], [vm(1)])).toEqual({ create: [], start: [], destroy: [] });
  });

  it('starts what is off, unless somebody asked for that or a job is at it', () => {
    expect(planSystemVms([storage], [vm(1, { state: 'Stopped' })]).start).toEqual([1]);
    expect(planSystemVms([storage], [vm(1, { state: 'Stopped', isStoppedOnRequest: true })])).toEqual({
      create: [],
      start: [],
      destroy: [],
    });
    expect(planSystemVms([storage], [vm(1, { state: 'Stopped', isBusy: true })])).toEqual({ create: [], start: [], destroy: [] });
  });

  it.each([
    ['being destroyed', { state: 'Destroying' }],
    ['lost with its host', { isLost: true }],
    ['mute', { isMute: true }],
  ] as const)('replaces one that is %s by exactly one', (_what, over) => {
    expect(planSystemVms([storage], [vm(1, over)])).toEqual({ create: [storage], start: [], destroy: [1] });
    expect(planSystemVms([storage], [vm(1, over), vm(2, { state: 'Starting', isBusy: true })])).toEqual({
      create: [],
      start: [],
      destroy: [1],
    });
  });

  it('keeps the running one of two and ends the other', () => {
    expect(planSystemVms([storage], [vm(1, { state: 'Stopped' }), vm(2)])).toEqual({ create: [], start: [], destroy: [1] });
  });

  it('ends what nobody wants, but not under a job', () => {
    expect(planSystemVms([], [vm(1), vm(2, { isBusy: true })]).destroy).toEqual([1]);
  });

  it('gives a pod its own machine before a zone takes any', () => {
    const places: WantedPlace[] = [
      { kind: 'domainrouter', zoneId: 1 },
      { kind: 'domainrouter', zoneId: 1, podId: 2 },
    ];
    const existing = [vm(1, { kind: 'domainrouter', podId: 2 }), vm(2, { kind: 'domainrouter', podId: 1 })];
    expect(planSystemVms(places, existing)).toEqual({ create: [], start: [], destroy: [] });
  });
});
