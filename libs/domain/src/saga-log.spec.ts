// The saga log: every reading of a log, and random crashes and failures played to the end.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextMove, outputsOf, type SagaLogEntry, type SagaStep } from './saga-log.ts';

const hosts = (name: string, undoable = true): SagaStep => ({ name, kind: 'hosts', undoable });
const rows = (name: string, undoable = true): SagaStep => ({ name, kind: 'rows', undoable });
const noRoom = { kind: 'noCapacity', message: 'no room' } as const;
const steps = [rows('a'), hosts('b'), hosts('c', false), rows('d')];

function log(...lines: string[]): SagaLogEntry[] {
  return lines.map((line) => {
    const [step = '', what = ''] = line.split(' ');
    return { step, what: what as SagaLogEntry['what'], ...(what.toLowerCase().endsWith('failed') ? { problem: noRoom } : {}) };
  });
}

describe('nextMove', () => {
  it('does the steps in their order and then succeeds', () => {
    expect(nextMove(steps, [])).toEqual({ do: steps[0] });
    expect(nextMove(steps, log('a succeeded'))).toEqual({ do: steps[1] });
    expect(nextMove(steps, log('a succeeded', 'b started', 'b succeeded', 'c succeeded', 'd succeeded'))).toEqual({ finish: 'succeeded' });
    expect(nextMove([], [])).toEqual({ finish: 'succeeded' });
  });

  it('does a step again that only started', () => {
    expect(nextMove(steps, log('a succeeded', 'b started'))).toEqual({ do: steps[1] });
    expect(nextMove(steps, log('a succeeded', 'b started', 'b started'))).toEqual({ do: steps[1] });
  });

  it('unwinds newest first, the failed step included, steps without undo skipped', () => {
    const failed = log('a succeeded', 'b started', 'b succeeded', 'c started', 'c succeeded', 'd started', 'd failed');
    expect(nextMove(steps, failed)).toEqual({ undo: steps[3] });
    expect(nextMove(steps, [...failed, ...log('d undoStarted')])).toEqual({ undo: steps[3] });
    expect(nextMove(steps, [...failed, ...log('d undone')])).toEqual({ undo: steps[1] });
    expect(nextMove(steps, [...failed, ...log('d undone', 'b undoStarted', 'b undone')])).toEqual({ undo: steps[0] });
    expect(nextMove(steps, [...failed, ...log('d undone', 'b undone', 'a undone')])).toEqual({
      finish: 'failed',
      step: 'd',
      problem: noRoom,
    });
  });

  it('does not undo a step that failed without having started', () => {
    expect(nextMove(steps, log('a failed'))).toEqual({ finish: 'failed', step: 'a', problem: noRoom });
    expect(nextMove(steps, log('a succeeded', 'b failed'))).toEqual({ undo: steps[0] });
  });

  it('F08 is stuck after a failed undo until it is resumed, then tries the same undo again', () => {
    const stuck = log('a succeeded', 'b started', 'b failed', 'b undoStarted', 'b undoFailed');
    expect(nextMove(steps, stuck)).toEqual({ finish: 'stuck', step: 'b', problem: noRoom });
    const resumed = [...stuck, ...log('b resumed')];
    expect(nextMove(steps, resumed)).toEqual({ undo: steps[1] });
    expect(nextMove(steps, [...resumed, ...log('b undoFailed')])).toMatchObject({ finish: 'stuck', step: 'b' });
    expect(nextMove(steps, [...resumed, ...log('b undone', 'a undone')])).toMatchObject({ finish: 'failed', step: 'b' });
  });

  it('is stuck on a step of another version instead of guessing', () => {
    expect(nextMove(steps, log('a succeeded', 'gone started'))).toMatchObject({ finish: 'stuck', step: 'gone', problem: { kind: 'bug' } });
  });

  it('collects outputs by step name', () => {
    const entries: SagaLogEntry[] = [
      { step: 'a', what: 'started' },
      { step: 'a', what: 'succeeded', output: { hostId: 7 } },
      { step: 'b', what: 'started' },
    ];
    expect(outputsOf(entries)).toEqual({ a: { hostId: 7 } });
  });
});

/** What fate holds for one action of the worker: it crashes at a point, fails, or works. */
type Fate = 'works' | 'fails' | 'crashesBefore' | 'crashesAfterStart' | 'crashesAfterEffect';
const fate = fc.constantFrom<Fate>('works', 'works', 'works', 'fails', 'crashesBefore', 'crashesAfterStart', 'crashesAfterEffect');
const someSteps = fc
  .array(fc.record({ kind: fc.constantFrom('rows' as const, 'hosts' as const), undoable: fc.boolean() }), { maxLength: 8 })
  .map((shapes) => shapes.map((shape, index): SagaStep => ({ name: `s${index}`, ...shape })));

interface World {
  readonly log: SagaLogEntry[];
  readonly effects: Set<string>;
  readonly undoOrder: string[];
  stuckTimes: number;
  ending: string;
}

/** Plays a saga against a list of fates; when they are used up everything works. Undo failures are resumed by "an operator". */
function play(saga: readonly SagaStep[], fates: readonly Fate[]): World {
  const world: World = { log: [], effects: new Set(), undoOrder: [], stuckTimes: 0, ending: '' };
  const queue = [...fates];
  for (let turn = 0; turn < 40 + 4 * (saga.length + fates.length); turn++) {
    const move = nextMove(saga, world.log);
    if ('finish' in move) {
      if (move.finish !== 'stuck') {
        world.ending = move.finish;
        return world;
      }
      world.stuckTimes++;
      world.log.push({ step: move.step, what: 'resumed' });
      continue;
    }
    const next = queue.shift() ?? 'works';
    if (next === 'crashesBefore') continue;
    const step = 'do' in move ? move.do : move.undo;
    const forwards = 'do' in move;
    if (step.kind === 'hosts' || !forwards) world.log.push({ step: step.name, what: forwards ? 'started' : 'undoStarted' });
    if (next === 'crashesAfterStart') continue;
    if (next === 'crashesAfterEffect') {
      if (step.kind === 'rows') continue; // its transaction never committed
      if (forwards) world.effects.add(step.name);
      else world.effects.delete(step.name);
      continue;
    }
    if (next === 'fails') {
      if (step.kind === 'hosts' && forwards) world.effects.add(step.name); // half of the work is there
      world.log.push({ step: step.name, what: forwards ? 'failed' : 'undoFailed', problem: noRoom });
      continue;
    }
    if (forwards) world.effects.add(step.name);
    else {
      world.effects.delete(step.name);
      world.undoOrder.push(step.name);
    }
    world.log.push({ step: step.name, what: forwards ? 'succeeded' : 'undone' });
  }
  return world;
}

describe('a saga under random crashes and failures', () => {
  it('always ends; success has every effect, failure leaves none of an undoable step', () => {
    fc.assert(
      fc.property(someSteps, fc.array(fate, { maxLength: 40 }), (saga, fates) => {
        const world = play(saga, fates);
        expect(['succeeded', 'failed']).toContain(world.ending);
        if (world.ending === 'succeeded') expect([...world.effects].sort()).toEqual(saga.map((step) => step.name).sort());
        else expect(saga.filter((step) => step.undoable && world.effects.has(step.name))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('undoes each started undoable step exactly once, newest first, and none on success', () => {
    fc.assert(
      fc.property(someSteps, fc.array(fate, { maxLength: 40 }), (saga, fates) => {
        const world = play(saga, fates);
        const failed = world.log.some((entry) => entry.what === 'failed');
        expect(world.ending).toBe(failed ? 'failed' : 'succeeded');
        const touched = new Set(
          world.log.filter((entry) => entry.what === 'started' || entry.what === 'succeeded').map((entry) => entry.step),
        );
        const expected = failed
          ? saga
              .filter((step) => step.undoable && touched.has(step.name))
              .map((step) => step.name)
              .reverse()
          : [];
        expect(world.undoOrder).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('never does a step again that succeeded, nor anything forwards after a failure', () => {
    fc.assert(
      fc.property(someSteps, fc.array(fate, { maxLength: 40 }), (saga, fates) => {
        const { log: entries } = play(saga, fates);
        const succeeded = new Set<string>();
        let failed = false;
        for (const entry of entries) {
          if (entry.what === 'started') expect(succeeded.has(entry.step) || failed).toBe(false);
          if (entry.what === 'succeeded') succeeded.add(entry.step);
          if (entry.what === 'failed') failed = true;
        }
      }),
    );
  });
});
