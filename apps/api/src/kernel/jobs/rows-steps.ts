// Runs neighbouring rows steps in one open transaction.
import { nextMove, type SagaLogEntry } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import type { EventWriter } from '../events/event-writer.ts';
import type { JsonObject } from '../json.ts';
import type { ClaimedJob, JobResult } from './claimed-job.ts';
import type { RowsStep, Saga, SagaStep } from './saga.ts';
import { rowsStep, type StepKit } from './step-context.ts';

/** A saga as nextMove() reads it, at hand for the worker. */
export interface Plan {
  readonly saga: Saga;
  readonly steps: readonly (SagaStep & { readonly undoable: boolean })[];
}

export function planOf(saga: Saga): Plan {
  return { saga, steps: saga.steps.map((step) => ({ ...step, undoable: step.undo !== undefined })) };
}

/** Which step threw: its transaction rolls back, the log learns of it afterwards. */
export class StepFailure extends Error {
  constructor(
    readonly step: string,
    override readonly cause: unknown,
  ) {
    super(`while running step ${step}`, { cause });
  }
}

export interface RowsTools {
  readonly tx: EntityManager;
  readonly events: EventWriter;
  keep(result: JobResult): void;
}

type JobOfRows = Omit<ClaimedJob, 'claim' | 'result'>;

/**
 * Does, or undoes, all rows steps that come next and appends what happened to `log`.
 * @throws StepFailure of the step that failed
 */
export async function runRowsSteps(kit: StepKit, plan: Plan, job: JobOfRows, log: SagaLogEntry[], tools: RowsTools): Promise<void> {
  for (;;) {
    const move = nextMove(plan.steps, log);
    if ('finish' in move) return;
    const undo = 'undo' in move;
    const step = undo ? move.undo : move.do;
    if (step.kind !== 'rows') return;
    const run = (undo ? step.undo : step.run) as (context: RowsStep<JsonObject, object>) => Promise<JsonObject | void>;
    try {
      const output = await kit.failpoints.around(plan.saga.name, step.name, undo, () => run(rowsStep(kit, job, log, step.name, tools)));
      log.push(undo ? { step: step.name, what: 'undone' } : { step: step.name, what: 'succeeded', ...(output && { output }) });
    } catch (cause) {
      throw new StepFailure(step.name, cause);
    }
  }
}
