// command(): one API command, declared once. Decoding, checks, events, replies and documentation derive from it.
import type { EntityManager } from 'typeorm';
import type { Clock } from '../clock.ts';
import type { EventWriter } from '../events/event-writer.ts';
import type { JobStarter, StartedJob } from '../jobs/saga.ts';
import type { Log } from '../log/log.ts';
import type { SecretBox } from '../secrets/secret-box.ts';
import type { SettingsBook } from '../settings/settings.ts';
import type { Caller, RequestOrigin, Role } from './caller.ts';
import type { ArgsOf, Params } from './param.ts';
import type { RawParams } from './raw-params.ts';
import type { Registry } from './registry.ts';
import type { View } from './view.ts';

/** What handlers get beside the kernel's own tools; areas add to it by declaration merging. */
export interface CommandServices {}

/** All that a handler may use. */
export interface CommandContext extends CommandServices {
  readonly caller: Caller;
  readonly origin: RequestOrigin;
  /** Commits when `execute` returns and rolls back when it throws. In commands that only read it is no transaction. */
  readonly tx: EntityManager;
  readonly jobs: JobStarter;
  readonly events: EventWriter;
  readonly settings: SettingsBook;
  readonly secrets: SecretBox;
  readonly clock: Clock;
  readonly log: Log;
  readonly sessions: SessionControl;
  readonly registry: Registry;
}

/** What login and logout need of the HTTP layer. */
export interface SessionControl {
  /** Opens a session for the user and sets its cookies; an existing one is dropped first. */
  open(userId: number): Promise<{ sessionKey: string; timeoutSeconds: number }>;
  /** @returns whose session ended; undefined when none was alive */
  close(): Promise<Omit<Caller, 'via'> | undefined>;
  /** The session of this request, which stays when its user changes the own password. */
  readonly currentId: string | undefined;
  /** Whether the password of a new installation is taken from where this request comes from. */
  readonly acceptsInitialPassword: boolean;
}

/** The answer `{"success":"true"}`; in a job result the boolean. */
export const success = { kind: 'success' } as const;
export type Success = typeof success;

/** A list answered by a command that is not a list command (addHost). */
export interface ListOf<Row> {
  readonly kind: 'list';
  readonly view: View<Row>;
}
export function listOf<Row>(view: View<Row>): ListOf<Row> {
  return { kind: 'list', view };
}

/** Fields directly in the envelope (login, queryAsyncJobResult). */
export interface Flat<Row> {
  readonly kind: 'flat';
  readonly view: View<Row>;
}
export function flat<Row>(view: View<Row>): Flat<Row> {
  return { kind: 'flat', view };
}

export type Returns = View<never> | ListOf<never> | Flat<never> | Success;

type ResultOf<R> = R extends ListOf<infer Row> ? readonly Row[] : R extends Flat<infer Row> ? Row : R extends View<infer Row> ? Row : void;

/**
 * `false`: answers at once. `true`: answers a job id. `'awaited'`: a command that clients know as synchronous but whose work
 * is a job; the answer is held until the job ends.
 */
export type AsyncKind = boolean | 'awaited';

interface Declaration<P extends Params, R, A extends AsyncKind> {
  readonly name: string;
  readonly about: string;
  /** `anyone` needs no credentials. */
  readonly roles: readonly Role[] | 'anyone';
  readonly since: string;
  readonly async?: A;
  /** An async command whose immediate answer also carries the id of what it creates. */
  readonly creates?: boolean;
  /** Audit event written for each call that changes something. */
  readonly event?: string;
  /** Only where it differs from lower-case name + `response`. */
  readonly envelope?: string;
  /** Only where it differs from the view's name. */
  readonly item?: string;
  readonly params: P;
  readonly returns: R;
  execute(args: ArgsOf<P>, ctx: CommandContext): Promise<A extends true | 'awaited' ? StartedJob : ResultOf<R>>;
}

/** A declared command as the registry holds it, its parameter types erased. */
export interface Command {
  readonly name: string;
  readonly about: string;
  readonly roles: readonly Role[] | 'anyone';
  readonly since: string;
  readonly async: AsyncKind;
  readonly creates: boolean;
  readonly event?: string;
  readonly envelope: string;
  readonly item?: string;
  readonly params: Params;
  readonly returns: Returns | { readonly kind: 'page'; readonly view: View<never> };
  /** Reads only: runs without a transaction and writes no event. */
  readonly readOnly: boolean;
  execute(args: never, ctx: CommandContext, raw: RawParams): Promise<unknown>;
}

export function envelopeOf(name: string): string {
  return `${name.toLowerCase()}response`;
}

export function command<const P extends Params, R, const A extends AsyncKind = false>(declaration: Declaration<P, R, A>): Command {
  return {
    async: false,
    creates: false,
    readOnly: declaration.event === undefined,
    envelope: envelopeOf(declaration.name),
    ...declaration,
    returns: declaration.returns as Returns,
  };
}
