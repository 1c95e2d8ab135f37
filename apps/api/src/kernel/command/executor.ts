// Runs one command for one caller: checks, arguments, transaction, audit event, reply.
import { problem, type Problem } from '@strata/domain';
import type { DataSource, EntityManager } from 'typeorm';
import type { Clock } from '../clock.ts';
import { inTransaction } from '../db/transaction.ts';
import { unstorable } from '../db/unstorable.ts';
import type { EventWriter } from '../events/event-writer.ts';
import type { JsonObject } from '../json.ts';
import type { JobStarter, StartedJob } from '../jobs/saga.ts';
import type { Log } from '../log/log.ts';
import type { SecretBox } from '../secrets/secret-box.ts';
import type { SettingsBook } from '../settings/settings.ts';
import { authorise } from './authorise.ts';
import type { Caller, RequestOrigin } from './caller.ts';
import type { Command, CommandContext, CommandServices, SessionControl } from './command.ts';
import type { ListResult } from './list-command.ts';
import { param } from './param.ts';
import type { RawParams } from './raw-params.ts';
import type { Registry } from './registry.ts';
import { resolveArguments } from './resolve.ts';
import type { View } from './view.ts';

export interface Reply {
  readonly envelope: string;
  readonly body: JsonObject;
}

/** What the executor needs of events and jobs for one transaction. */
export interface TransactionTools {
  readonly events: EventWriter;
  readonly jobs: JobStarter;
  /** Writes what was collected; the last statements before the commit. */
  flush(): Promise<void>;
  /** After the commit: wakes the worker. */
  committed(): void;
}

export interface TransactionToolsFactory {
  /** @param customJobId the uuid that the client wants its job to have */
  open(tx: EntityManager, caller: Caller, origin: RequestOrigin, command: Command | undefined, customJobId?: string): TransactionTools;
}

export type JobOutcome =
  | { readonly state: 'succeeded'; render(caller: Caller): Promise<JsonObject | readonly JsonObject[] | undefined> }
  | { readonly state: 'failed'; readonly problem: Problem }
  | { readonly state: 'pending' };

export interface JobAwaiter {
  whenDone(jobUuid: string, timeoutMs: number): Promise<JobOutcome>;
}

export interface ExecutorServices {
  readonly dataSource: DataSource;
  readonly registry: Registry;
  readonly transactions: TransactionToolsFactory;
  readonly awaiter: JobAwaiter;
  readonly settings: SettingsBook;
  readonly secrets: SecretBox;
  readonly clock: Clock;
  readonly log: Log;
  /** What areas add for handlers. */
  readonly services: CommandServices;
}

/** How long the answer of an awaited command is held before the caller is told to look at the job instead. */
const awaitedTimeoutMs = 10 * 60_000;

const customJobIdParam = param.uuid({ about: 'the id that the job shall have' });

/** The job id that the client chose, if it did. @throws invalid when it is no uuid */
function customJobIdOf(raw: RawParams): string | undefined {
  const id = customJobIdParam.decode(raw, 'customjobid');
  if (id !== undefined && id.length !== 36) throw problem('invalid', `parameter customjobid is "${id}": a uuid is expected`);
  return id;
}

export class Executor {
  constructor(private readonly services: ExecutorServices) {}

  /** @throws Problem with the kind that the error envelope needs */
  async run(name: string, raw: RawParams, caller: Caller, origin: RequestOrigin, sessions: SessionControl): Promise<Reply> {
    try {
      return await this.execute(name, raw, caller, origin, sessions);
    } catch (error) {
      const refusal = unstorable(error);
      if (!refusal) throw error;
      // The command should have said it first, and better.
      this.services.log.warn({ request: origin.requestId, command: name, err: error }, 'the database refused a value');
      throw refusal;
    }
  }

  private async execute(name: string, raw: RawParams, caller: Caller, origin: RequestOrigin, sessions: SessionControl): Promise<Reply> {
    const { registry, dataSource } = this.services;
    const command = authorise(caller, name, registry.find(name));
    const resolve = () => resolveArguments(command, raw, caller, registry, dataSource.manager);
    let args = await resolve();
    if (command.readOnly) {
      const ctx = this.context(dataSource.manager, refusingTools, caller, origin, sessions);
      return reply(command, await command.execute(args as never, ctx, raw), caller);
    }
    const customJobId = command.async === false ? undefined : customJobIdOf(raw);
    const work = async (tx: EntityManager) => {
      const tools = this.services.transactions.open(tx, caller, origin, command, customJobId);
      const result = await command.execute(args as never, this.context(tx, tools, caller, origin, sessions), raw);
      if (command.async === false) this.recordEvent(command, args, result, tools.events);
      await tools.flush();
      return { result, tools };
    };
    // The handler may have moved the rows it was given before its transaction was rolled back.
    const { result, tools } = await inTransaction(dataSource, work, async () => {
      args = await resolve();
    });
    tools.committed();
    if (command.async === true) return startedReply(command, result as StartedJob);
    if (command.async === 'awaited') return this.awaitJob(command, result as StartedJob, caller);
    return reply(command, result, caller);
  }

  private context(
    tx: EntityManager,
    tools: Pick<TransactionTools, 'events' | 'jobs'>,
    caller: Caller,
    origin: RequestOrigin,
    sessions: SessionControl,
  ): CommandContext {
    const { settings, secrets, clock, log, registry, services } = this.services;
    return {
      ...services,
      caller,
      origin,
      tx,
      jobs: tools.jobs,
      events: tools.events,
      settings,
      secrets,
      clock,
      log: log.child({ request: origin.requestId }),
      sessions,
      registry,
    };
  }

  private async awaitJob(command: Command, job: StartedJob, caller: Caller): Promise<Reply> {
    const outcome = await this.services.awaiter.whenDone(job.uuid, awaitedTimeoutMs);
    if (outcome.state === 'pending') {
      throw problem('unavailable', `${command.name} is still running as job ${job.uuid}: ask queryAsyncJobResult for its result`);
    }
    if (outcome.state === 'failed') throw outcome.problem;
    if (kindOf(command) === 'success') return { envelope: command.envelope, body: { success: 'true' } };
    const rendered = await outcome.render(caller);
    const objects = rendered === undefined ? [] : ([rendered].flat() as readonly JsonObject[]);
    const item = itemOf(command);
    if (kindOf(command) !== 'list') return { envelope: command.envelope, body: { [item]: objects[0] } };
    return { envelope: command.envelope, body: objects.length === 0 ? {} : { count: objects.length, [item]: objects } };
  }

  /** The audit event of a command that answers at once; jobs write their own. */
  private recordEvent(command: Command, args: Record<string, unknown>, result: unknown, events: EventWriter): void {
    if (command.event === undefined) return;
    const subject = isIdentified(result) ? result : isIdentified(args['id']) ? args['id'] : undefined;
    const type = subject && this.subjectType(command, args['id']);
    events.add({
      type: command.event,
      state: 'Completed',
      description: subject ? `${command.name} ${subject.name ?? subject.uuid}` : command.name,
      ...(subject && type && { subject: { type, id: subject.id, uuid: subject.uuid } }),
    });
  }

  private subjectType(command: Command, idArgument: unknown): string | undefined {
    const idParam = command.params['id'];
    if (idParam?.ref && idArgument !== undefined) return this.services.registry.resourceOf(idParam.ref.entity).type;
    return kindOf(command) === 'success' ? undefined : this.services.registry.resourceByType(itemOf(command))?.type;
  }
}

/** Commands that only read get tools that refuse: a missing `event` in the declaration shows at once. */
const refusingTools: Pick<TransactionTools, 'events' | 'jobs'> = {
  events: {
    add() {
      throw new Error('a command without an event in its declaration may not write');
    },
  },
  jobs: {
    start() {
      throw new Error('a command without an event in its declaration may not start a job');
    },
    resume() {
      throw new Error('a command without an event in its declaration may not resume a job');
    },
  },
};

type ReplyKind = 'page' | 'list' | 'flat' | 'success' | 'object';

function kindOf(command: Command): ReplyKind {
  return 'kind' in command.returns ? command.returns.kind : 'object';
}

function viewOf(command: Command): View<never> {
  const returns = command.returns;
  if ('view' in returns) return returns.view;
  if ('render' in returns) return returns;
  throw new Error(`${command.name} answers no object`);
}

/** Item key of the answer, for example `virtualmachine`. */
export function itemOf(command: Command): string {
  return command.item ?? viewOf(command).name;
}

function startedReply(command: Command, job: StartedJob): Reply {
  return { envelope: command.envelope, body: command.creates ? { id: job.subjectUuid, jobid: job.uuid } : { jobid: job.uuid } };
}

function reply(command: Command, result: unknown, caller: Caller): Reply {
  const { envelope } = command;
  const render = (row: unknown) => viewOf(command).render(row as never, caller);
  switch (kindOf(command)) {
    case 'success':
      // Clients compare with the string; job results carry the boolean (contract/protocol section 2).
      return { envelope, body: { success: 'true' } };
    case 'flat':
      return { envelope, body: render(result) };
    case 'object':
      return { envelope, body: { [itemOf(command)]: render(result) } };
    case 'list': {
      const rows = result as readonly unknown[];
      return { envelope, body: rows.length === 0 ? {} : { count: rows.length, [itemOf(command)]: rows.map(render) } };
    }
    case 'page': {
      const { rows, count } = result as ListResult<unknown>;
      if (count === 0) return { envelope, body: {} };
      return { envelope, body: rows.length === 0 ? { count } : { count, [itemOf(command)]: rows.map(render) } };
    }
  }
}

interface Identified {
  readonly id: number;
  readonly uuid: string;
  readonly name?: string;
}

function isIdentified(value: unknown): value is Identified {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as Identified).id === 'number' &&
    typeof (value as Identified).uuid === 'string'
  );
}
