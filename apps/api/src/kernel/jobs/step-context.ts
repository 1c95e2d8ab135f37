// What a step is handed: its input, the outputs before it, and the tools of its kind.
import { outputsOf, type SagaLogEntry } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import type { Presenter } from '../area.ts';
import type { Clock } from '../clock.ts';
import { rowById } from '../command/source.ts';
import type { EventWriter } from '../events/event-writer.ts';
import type { JsonObject } from '../json.ts';
import type { Log } from '../log/log.ts';
import type { Settings } from '../settings/settings.ts';
import type { ClaimedJob, JobResult } from './claimed-job.ts';
import type { Failpoints } from './failpoints.ts';
import type { HostServices, HostsStep, KeptResult, RowsStep } from './saga.ts';

/** The kernel's own tools for steps. */
export interface StepKit {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly log: Log;
  readonly failpoints: Failpoints;
  /** What areas add for hosts steps: drivers. */
  readonly services: HostServices;
  presenter(type: string): Presenter | undefined;
}

type JobOfStep = Pick<ClaimedJob, 'id' | 'uuid' | 'accountId' | 'userId' | 'requestId' | 'input' | 'subject' | 'saga'>;

function base(kit: StepKit, job: JobOfStep, log: readonly SagaLogEntry[], step: string) {
  return {
    input: job.input,
    out: outputsOf(log),
    job: { id: job.id, uuid: job.uuid, accountId: job.accountId, userId: job.userId },
    settings: kit.settings,
    clock: kit.clock,
    log: kit.log.child({ request: job.requestId, job: job.uuid, saga: job.saga, step }),
  };
}

export function hostsStep(
  kit: StepKit,
  job: JobOfStep,
  log: readonly SagaLogEntry[],
  step: string,
  read: EntityManager,
): HostsStep<JsonObject, object> {
  return { ...base(kit, job, log, step), ...kit.services, read };
}

export function rowsStep(
  kit: StepKit,
  job: JobOfStep,
  log: readonly SagaLogEntry[],
  step: string,
  tools: { readonly tx: EntityManager; readonly events: EventWriter; keep(result: JobResult): void },
): RowsStep<JsonObject, object> {
  return {
    ...base(kit, job, log, step),
    tx: tools.tx,
    events: tools.events,
    async keepResult(what: KeptResult) {
      if (what !== 'snapshot') return tools.keep(resultOf(what));
      const { type, id } = job.subject;
      const presenter = kit.presenter(type);
      if (!presenter) throw new Error(`saga ${job.saga} keeps a snapshot of a ${type}, but no area presents that type`);
      tools.keep({ kind: 'snapshot', type, row: (await rowById(presenter.source, tools.tx, id)) as JsonObject });
    },
  };
}

function resultOf(what: Exclude<KeptResult, 'snapshot'>): JobResult {
  if ('list' in what) return { kind: 'list', rows: what.list };
  if ('sealed' in what) return { kind: 'sealed', ...what };
  return 'details' in what ? { kind: 'success', ...what } : { kind: 'object', ...what };
}
