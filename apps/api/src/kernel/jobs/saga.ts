// saga(): the declaration of one long operation as ordered, idempotent, undoable steps. worker.ts runs it.
import type { EntityManager } from 'typeorm';
import type { Clock } from '../clock.ts';
import type { EventWriter } from '../events/event-writer.ts';
import type { JsonObject } from '../json.ts';
import type { Log } from '../log/log.ts';
import type { Settings } from '../settings/settings.ts';

/** What hosts steps and reconcilers get beside the kernel's own tools; areas add to it by declaration merging (drivers). */
export interface HostServices {}

/** The job a step runs for. */
export interface JobRef {
  readonly id: number;
  readonly uuid: string;
  readonly accountId: number;
  readonly userId: number;
}

interface StepBase<Input, Out> {
  readonly input: Input;
  /** Outputs of the steps before this one, by step name. */
  readonly out: Out;
  readonly job: JobRef;
  readonly settings: Settings;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * What a job answers with when it is not its subject as that is when asked: the subject as it is now (for sagas that delete
 * its row), another object, rows of the command's own view, or words beside `success`.
 */
export type KeptResult =
  | 'snapshot'
  | { readonly type: string; readonly id: number }
  | { readonly list: readonly JsonObject[] }
  | { readonly details: string }
  /** The subject with more, JSON sealed with the master key: for a while, and only for who started the job. */
  | { readonly sealed: string };

/** A rows step writes rows only: everything it does commits together with its log entry. */
export interface RowsStep<Input, Out> extends StepBase<Input, Out> {
  readonly tx: EntityManager;
  /** Audit events that commit with the step. */
  readonly events: EventWriter;
  /** Decides what the job answers with; without it the subject, or `success` for commands that answer no object. */
  keepResult(what: KeptResult): Promise<void>;
}

/** A hosts step talks to hosts only: it reads rows but holds no transaction. */
export interface HostsStep<Input, Out> extends StepBase<Input, Out>, HostServices {
  readonly read: EntityManager;
}

/** What a step returns: small JSON without secrets, stored in the job's log. */
export type StepOutput = JsonObject | void;

// Method syntax on purpose: steps declared against a narrower `out` stay assignable.
export interface SagaStep {
  readonly name: string;
  readonly kind: 'rows' | 'hosts';
  run(step: never): Promise<StepOutput>;
  /** Must be right after none, half or all of the step happened. */
  readonly undo?: (step: never) => Promise<void>;
}

export interface Saga<Input extends JsonObject = JsonObject> {
  readonly name: string;
  readonly steps: readonly SagaStep[];
  /** Only at compile time. */
  readonly _input?: Input;
}

type With<Out, Name extends string, Result> = Out & { readonly [K in Name]: Result };
/** In an undo the step's own output is there only if it got that far. */
type Maybe<Out, Name extends string, Result> = Partial<Out> & { readonly [K in Name]?: Result };

export class SagaBuilder<Input extends JsonObject, Out> implements Saga<Input> {
  constructor(
    readonly name: string,
    readonly steps: readonly SagaStep[],
  ) {}

  rows<Name extends string, Result extends StepOutput>(
    name: Name,
    run: (step: RowsStep<Input, Out>) => Promise<Result>,
    undo?: (step: RowsStep<Input, Maybe<Out, Name, Result>>) => Promise<void>,
  ): SagaBuilder<Input, With<Out, Name, Result>> {
    return this.with({ name, kind: 'rows', run, ...(undo && { undo }) });
  }

  hosts<Name extends string, Result extends StepOutput>(
    name: Name,
    run: (step: HostsStep<Input, Out>) => Promise<Result>,
    undo?: (step: HostsStep<Input, Maybe<Out, Name, Result>>) => Promise<void>,
  ): SagaBuilder<Input, With<Out, Name, Result>> {
    return this.with({ name, kind: 'hosts', run, ...(undo && { undo }) });
  }

  private with<NextOut>(step: SagaStep): SagaBuilder<Input, NextOut> {
    if (this.steps.some((other) => other.name === step.name)) throw new Error(`saga ${this.name} has two steps named ${step.name}`);
    return new SagaBuilder(this.name, [...this.steps, step]);
  }
}

/**
 * Starts the declaration of a saga: `saga<{ vmId: VmId }>('startVirtualMachine').rows('starting', enter, leave).hosts(…)`.
 * Leading rows steps run in the transaction of the request that starts the job, if the subject has no other live job:
 * what they refuse refuses the request, and nothing is left.
 */
export function saga<Input extends JsonObject>(name: string): SagaBuilder<Input, object> {
  return new SagaBuilder(name, []);
}

/** The object a job is about: its jobs run one at a time, in order. */
export interface JobSubject {
  /** As in API answers: VirtualMachine, Host, Template … */
  readonly type: string;
  readonly id: number;
  readonly uuid: string;
  /** Owner of the object when it is not the caller: the job's events belong to it. */
  readonly accountId?: number;
}

/** Handed to command handlers as `ctx.jobs`. */
export interface JobStarter {
  /**
   * Writes the job in the handler's transaction and runs the saga's leading rows steps there; the worker is woken when it commits.
   * With `fresh` the caller vouches that the subject is new in this transaction and can have no other job. `event`: the type of the job's audit
   * events, where it is not the command's, or where a reconciler starts the job.
   */
  start<Input extends JsonObject>(
    saga: Saga<Input>,
    input: Input,
    options: { subject: JobSubject; fresh?: boolean; event?: string },
  ): Promise<StartedJob>;
  /** Lets a stuck job try its failed undo again. @throws conflict when it is not stuck */
  resume(jobId: number): Promise<void>;
}

export interface StartedJob {
  readonly uuid: string;
  /** The uuid answered as `id` by commands that create something. */
  readonly subjectUuid: string;
}
