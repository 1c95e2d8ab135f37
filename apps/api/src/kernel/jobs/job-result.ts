// What a finished job answers: looked up when it is asked for and seen with the asker's eyes.
import type { JobState, ProblemKind } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import type { Caller } from '../command/caller.ts';
import type { Command } from '../command/command.ts';
import type { Registry } from '../command/registry.ts';
import { findRowById } from '../command/source.ts';
import type { JsonObject } from '../json.ts';
import { errorCodes, genericErrorText } from '../wire/error-envelope.ts';
import type { JobResult } from './claimed-job.ts';

/** The part of a job row that tells how it ended. */
export interface EndedJob {
  readonly state: JobState;
  readonly command: string;
  readonly subjectType: string;
  readonly subjectId: number;
  readonly result: string | null;
  readonly errorKind: ProblemKind | null;
  readonly errorText: string | null;
}

interface Presented {
  /** Item key of the presenter's view. */
  readonly item: string;
  readonly object: JsonObject;
}

/** The object that the job ended with; undefined when it answers none, or the object is gone. */
export async function presentResult(job: EndedJob, registry: Registry, read: EntityManager, caller: Caller): Promise<Presented | undefined> {
  const kept = job.result === null ? undefined : (JSON.parse(job.result) as JobResult);
  if (kept?.kind === 'success' || (!kept && answersNoObject(registry.find(job.command)))) return undefined;
  const presenter = registry.presenter(kept?.type ?? job.subjectType);
  if (!presenter) return undefined;
  const row = kept?.kind === 'snapshot' ? kept.row : await findRowById(presenter.source, read, kept?.id ?? job.subjectId);
  return row && { item: presenter.view.name, object: presenter.view.render(row as never, caller) };
}

/** Jobs of reconcilers have no command. */
function answersNoObject(command: Command | undefined): boolean {
  return !command || ('kind' in command.returns && command.returns.kind === 'success');
}

/** `jobresult` of a job that has ended (contract/protocol section 2, "Async"). */
export async function jobResult(job: EndedJob, registry: Registry, read: EntityManager, caller: Caller): Promise<JsonObject> {
  if (job.state !== 'Succeeded') return { errorcode: errorCodes(job.errorKind ?? 'bug').errorcode, errortext: failureText(job, caller) };
  const presented = await presentResult(job, registry, read, caller);
  if (presented) return { [registry.find(job.command)?.item ?? presented.item]: presented.object };
  const kept = job.result === null ? undefined : (JSON.parse(job.result) as JobResult);
  return { success: true, ...(kept?.kind === 'success' && { details: kept.details }) };
}

/** What a defect said is for administrators. */
export function failureText(job: Pick<EndedJob, 'errorKind' | 'errorText'>, caller: Caller): string {
  if ((job.errorKind ?? 'bug') === 'bug' && caller.role !== 'Admin') return genericErrorText;
  return job.errorText ?? genericErrorText;
}
