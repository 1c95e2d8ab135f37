// The pure heart of sagas: the log of a job's steps decides the next move, the same before and after a crash.
import type { ProblemKind } from './errors.ts';

export interface SagaStep {
  readonly name: string;
  /** `rows` steps commit together with their log entry, `hosts` steps reach outside and hold no transaction. */
  readonly kind: 'rows' | 'hosts';
  readonly undoable: boolean;
}

export type SagaEvent = 'started' | 'succeeded' | 'failed' | 'undoStarted' | 'undone' | 'undoFailed' | 'resumed';

/** A problem as the log and the job keep it. */
export interface LoggedProblem {
  readonly kind: ProblemKind;
  readonly message: string;
}

export interface SagaLogEntry {
  /** For `resumed`: the step whose undo had failed. */
  readonly step: string;
  readonly what: SagaEvent;
  /** Small JSON, only with `succeeded`. */
  readonly output?: unknown;
  /** Only with `failed` and `undoFailed`. */
  readonly problem?: LoggedProblem;
}

export type SagaMove<Step extends SagaStep = SagaStep> =
  | { readonly do: Step }
  | { readonly undo: Step }
  | { readonly finish: 'succeeded' }
  /** Everything is undone; `problem` is what the first failed step said. */
  | { readonly finish: 'failed'; readonly step: string; readonly problem: LoggedProblem }
  /** Nothing goes on until an operator appends `resumed`; `problem` is why the undo of `step` failed. */
  | { readonly finish: 'stuck'; readonly step: string; readonly problem: LoggedProblem };

interface Trace {
  readonly finished: ReadonlySet<string>;
  /** Steps that may have left something behind, in the order in which they first started. */
  readonly touched: readonly string[];
  readonly undone: ReadonlySet<string>;
  readonly failure: SagaLogEntry | undefined;
  /** The undo that failed and was not resumed since. */
  readonly blockedBy: SagaLogEntry | undefined;
  readonly unwinding: boolean;
}

const unexplained: LoggedProblem = { kind: 'bug', message: 'the step left no reason in the log' };

/**
 * What a worker does next with a job, read from its log alone.
 *
 * Forwards, a step that only started is done again (steps are idempotent). After a `failed` entry every step that started
 * is undone, newest first, the failed one included; a `rows` step that failed without a `started` entry was rolled back and
 * needs none. `succeeded` without `started` counts as started, so that a `rows` step may log one entry only.
 */
export function nextMove<Step extends SagaStep>(steps: readonly Step[], log: readonly SagaLogEntry[]): SagaMove<Step> {
  const byName = new Map(steps.map((step) => [step.name, step]));
  const foreign = log.find((entry) => !byName.has(entry.step));
  if (foreign) {
    const message = `the log speaks of a step "${foreign.step}" that this version does not have: resume the job with the version that started it`;
    return { finish: 'stuck', step: foreign.step, problem: { kind: 'bug', message } };
  }

  const trace = read(log);
  if (trace.blockedBy) return { finish: 'stuck', step: trace.blockedBy.step, problem: trace.blockedBy.problem ?? unexplained };
  if (!trace.unwinding) {
    const next = steps.find((step) => !trace.finished.has(step.name));
    return next ? { do: next } : { finish: 'succeeded' };
  }
  for (let index = trace.touched.length - 1; index >= 0; index--) {
    const step = byName.get(trace.touched[index] ?? '');
    if (step?.undoable && !trace.undone.has(step.name)) return { undo: step };
  }
  return { finish: 'failed', step: trace.failure?.step ?? '', problem: trace.failure?.problem ?? unexplained };
}

/** The outputs that later steps read, by step name. */
export function outputsOf(log: readonly SagaLogEntry[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(log.filter((entry) => entry.what === 'succeeded').map((entry) => [entry.step, entry.output]));
}

function read(log: readonly SagaLogEntry[]): Trace {
  const finished = new Set<string>();
  const touched = new Set<string>();
  const undone = new Set<string>();
  let failure: SagaLogEntry | undefined;
  let blockedBy: SagaLogEntry | undefined;
  let unwinding = false;
  for (const entry of log) {
    switch (entry.what) {
      case 'started':
        touched.add(entry.step);
        break;
      case 'succeeded':
        touched.add(entry.step);
        finished.add(entry.step);
        break;
      case 'failed':
        failure ??= entry;
        unwinding = true;
        break;
      case 'undoStarted':
        unwinding = true;
        break;
      case 'undone':
        unwinding = true;
        undone.add(entry.step);
        break;
      case 'undoFailed':
        unwinding = true;
        blockedBy = entry;
        break;
      case 'resumed':
        blockedBy = undefined;
        break;
    }
  }
  return { finished, touched: [...touched], undone, failure, blockedBy, unwinding };
}
