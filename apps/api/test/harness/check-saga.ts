// checkSaga(): repeats each step, fails each step before and after its effect, repeats each undo, and demands that no trace stays.
import type { Failpoints } from '../../src/kernel/jobs/failpoints.ts';

/** What a saga is checked on: made anew for each round, so that every round begins alike. */
export interface SagaRig {
  readonly failpoints: Failpoints;
  /** Starts the job as its command would. @returns the job's uuid; rejects when the request is refused */
  start(): Promise<string>;
  /** Waits for the end of the job. */
  end(jobUuid: string): Promise<'succeeded' | 'failed' | 'pending'>;
  /**
   * What the database and the hosts hold now, as text: equal in two rounds that left the same. It leaves out what may differ
   * (uuids, moments, jobs and events) and what a saga may leave behind on purpose (a cached template).
   */
  fingerprint(): Promise<string>;
  close(): Promise<void>;
}

interface DeclaredSaga {
  readonly name: string;
  readonly steps: readonly { readonly name: string; readonly kind: 'rows' | 'hosts'; readonly undo?: unknown }[];
}

export interface Round {
  /** For example `disk fails after its effect`. */
  readonly title: string;
  readonly failpoint: string;
  readonly expected: 'done' | 'undone';
}

/** The rounds that every saga must pass; `irreversible` names steps after which it can only go forwards. */
export function roundsOf(saga: DeclaredSaga, irreversible: readonly string[] = []): Round[] {
  const point = (step: string, place: string) => `${saga.name}:${step}:${place}`;
  const last = saga.steps.findIndex(({ name }) => irreversible.includes(name));
  const reversible = last < 0 ? saga.steps : saga.steps.slice(0, last);
  const failing = reversible.at(-1);
  return [
    ...saga.steps.map(({ name }): Round => ({ title: `${name} runs twice`, failpoint: point(name, 'repeat'), expected: 'done' })),
    ...reversible.flatMap(({ name }): Round[] => [
      { title: `${name} fails before its effect`, failpoint: point(name, 'refuse'), expected: 'undone' },
      { title: `${name} fails after its effect`, failpoint: point(name, 'error'), expected: 'undone' },
    ]),
    ...reversible
      .filter(({ undo }) => undo !== undefined)
      .map(({ name }): Round => ({
        title: `the undo of ${name} runs twice`,
        failpoint: `${point(failing!.name, 'error')},${point(name, 'undo-repeat')}`,
        expected: 'undone',
      })),
  ];
}

/**
 * Plays one round.
 * @throws Error that says what the round left behind
 */
export async function playRound(round: Round, makeRig: () => Promise<SagaRig>): Promise<void> {
  const rig = await makeRig();
  try {
    const before = await rig.fingerprint();
    rig.failpoints.set(round.failpoint);
    const ending = await play(rig);
    rig.failpoints.set('');
    const after = await rig.fingerprint();
    if (round.expected === 'undone') {
      if (ending === 'succeeded') throw new Error(`${round.title}: the job succeeded, so the failure never happened`);
      if (after !== before) throw new Error(`${round.title}: the undone job left a trace\n--- before\n${before}\n--- after\n${after}`);
      return;
    }
    if (ending !== 'succeeded') throw new Error(`${round.title}: the job ${ending}`);
    const usual = await usualEnd(makeRig);
    if (after !== usual)
      throw new Error(`${round.title}: it ended otherwise than when each step runs once\n--- once\n${usual}\n--- twice\n${after}`);
  } finally {
    await rig.close();
  }
}

/** What the saga leaves when nothing goes wrong. */
async function usualEnd(makeRig: () => Promise<SagaRig>): Promise<string> {
  const rig = await makeRig();
  try {
    const ending = await play(rig);
    if (ending !== 'succeeded') throw new Error(`without any failure the job ${ending}`);
    return await rig.fingerprint();
  } finally {
    await rig.close();
  }
}

/** A request that leading rows steps refuse is as good as a job that failed. */
async function play(rig: SagaRig): Promise<'succeeded' | 'failed' | 'pending'> {
  let jobUuid: string;
  try {
    jobUuid = await rig.start();
  } catch {
    return 'failed';
  }
  return rig.end(jobUuid);
}

/** Plays all rounds of a saga, one after the other. @throws Error of the first round that fails */
export async function checkSaga(saga: DeclaredSaga, makeRig: () => Promise<SagaRig>, irreversible: readonly string[] = []): Promise<void> {
  for (const round of roundsOf(saga, irreversible)) await playRound(round, makeRig);
}
