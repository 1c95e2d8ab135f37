// What an error means for a step: wait and try again, or fail it.
import { type LoggedProblem, Problem } from '@strata/domain';
import { causesOf } from '../db/failures.ts';

/** Hosts that don't answer or can't just now: the only failures that are tried again. A Problem on the way has judged already. */
export function isPassing(error: unknown): boolean {
  for (const link of causesOf(error)) {
    if (link instanceof Problem) return false;
    const { kind } = link as { kind?: unknown };
    if (kind === 'unreachable' || kind === 'busy') return true;
  }
  return false;
}

/** A failure as the log and the job keep it; what a defect says is for administrators only. */
export function loggedProblem(error: unknown): LoggedProblem {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof Problem) return { kind: error.kind, message };
  const kind = (error as { kind?: unknown } | null)?.kind;
  const fromDriver = typeof kind === 'string' && kind !== 'bug';
  return { kind: fromDriver ? 'unavailable' : 'bug', message };
}
