// What finished jobs answer: looked up when they are asked for and seen with the asker's eyes.
import type { JobState, ProblemKind } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import type { Caller } from '../command/caller.ts';
import type { Command } from '../command/command.ts';
import type { Registry } from '../command/registry.ts';
import type { Presenter } from '../area.ts';
import { selectRows, Where } from '../command/source.ts';
import type { View } from '../command/view.ts';
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

export interface Presented {
  /** Item key of the presenter's view. */
  readonly item: string;
  readonly object: JsonObject | readonly JsonObject[];
}

/** The objects that jobs ended with, in one query per type; jobs that answer none, or whose object is gone, are left out. */
export async function presentResults<J extends EndedJob>(
  jobs: readonly J[],
  registry: Registry,
  read: EntityManager,
  caller: Caller,
  /** Opens what a job keeps for who started it; without it nobody sees that. */
  open: (job: J, sealed: string) => JsonObject = () => ({}),
): Promise<Map<J, Presented>> {
  const presented = new Map<J, Presented>();
  const wanted = new Map<string, { readonly job: J; readonly id: number }[]>();
  for (const job of jobs) {
    const kept = keptOf(job);
    if (kept?.kind === 'success' || (!kept && answersNoObject(registry.find(job.command)))) continue;
    if (kept?.kind === 'list') {
      const view = listViewOf(registry.find(job.command));
      if (view) presented.set(job, { item: view.name, object: kept.rows.map((row) => view.render(row as never, caller)) });
      continue;
    }
    const named = kept?.kind === 'sealed' ? undefined : kept;
    const type = named?.type ?? job.subjectType;
    const presenter = registry.presenter(type);
    if (!presenter) continue;
    if (named?.kind === 'snapshot') {
      const view = viewFor(presenter, registry.find(job.command));
      presented.set(job, { item: view.name, object: view.render(named.row as never, caller) });
    } else wanted.set(type, [...(wanted.get(type) ?? []), { job, id: named?.id ?? job.subjectId }]);
  }
  for (const [type, entries] of wanted) {
    const presenter = registry.presenter(type)!;
    const { source } = presenter;
    const id = `${source.from.split(' ').at(-1)}.id`;
    const where = new Where().in(id, [...new Set(entries.map((entry) => entry.id))]);
    const rows = await selectRows({ ...source, columns: { ...source.columns, presentedId: id } }, read, where);
    const byId = new Map((rows as readonly { presentedId: number }[]).map((row) => [row.presentedId, row]));
    for (const entry of entries) {
      const row = byId.get(entry.id);
      if (!row) continue;
      const view = viewFor(presenter, registry.find(entry.job.command));
      const kept = keptOf(entry.job);
      const more = kept?.kind === 'sealed' ? open(entry.job, kept.sealed) : {};
      presented.set(entry.job, { item: view.name, object: view.render({ ...row, ...more } as never, caller) });
    }
  }
  return presented;
}

/** `jobresult` of a job that has ended (contract/protocol section 2, "Async"). */
export function jobResult(job: EndedJob, presented: Presented | undefined, command: Command | undefined, caller: Caller): JsonObject {
  if (job.state !== 'Succeeded') return { errorcode: errorCodes(job.errorKind ?? 'bug').errorcode, errortext: failureText(job, caller) };
  if (presented) return { [command?.item ?? presented.item]: presented.object };
  const kept = keptOf(job);
  return { success: true, ...(kept?.kind === 'success' && { details: kept.details }) };
}

function keptOf(job: EndedJob): JobResult | undefined {
  return job.result === null ? undefined : (JSON.parse(job.result) as JobResult);
}

/** That of the command, where it is one of the presenter's. */
function viewFor({ view, otherViews }: Presenter, command: Command | undefined): View<never> {
  return otherViews.find((other) => other === command?.returns) ?? view;
}

function listViewOf(command: Command | undefined): View<never> | undefined {
  return command && 'kind' in command.returns && command.returns.kind === 'list' ? command.returns.view : undefined;
}

/** Jobs of reconcilers have no command. */
function answersNoObject(command: Command | undefined): boolean {
  return !command || ('kind' in command.returns && command.returns.kind === 'success');
}

/** What a defect said is for administrators. */
function failureText(job: EndedJob, caller: Caller): string {
  if ((job.errorKind ?? 'bug') === 'bug' && caller.role !== 'Admin') return genericErrorText;
  return job.errorText ?? genericErrorText;
}
