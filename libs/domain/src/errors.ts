// The closed set of error kinds. Each edge (API, command line, job log) maps kinds to its own codes in one table.

export const problemKinds = [
  /** A parameter is missing, malformed or names nothing the caller may see. */
  'invalid',
  /** A map parameter that is not `name[index].key=value`. */
  'malformedMap',
  /** The command does not exist or the caller's role may not call it. */
  'unknownCommand',
  /** No valid credentials. */
  'unauthenticated',
  /** User name, password or domain of a login are wrong. */
  'loginFailed',
  /** The caller may see the object but may not do this to it. */
  'denied',
  /** An account, domain or project limit is reached. */
  'limitReached',
  /** No host, pool or address has room. */
  'noCapacity',
  /** Something the request needs exists but does not answer. */
  'unavailable',
  /** The object is still used by something else. */
  'inUse',
  /** The object's state does not allow this, or someone else changed it first. */
  'conflict',
  /** A network rule contradicts another. */
  'ruleConflict',
  /** Too many requests. */
  'throttled',
  /** The server is shutting down. */
  'shuttingDown',
  /** A defect of ours: outside the server only a generic text is shown. */
  'bug',
] as const;

export type ProblemKind = (typeof problemKinds)[number];

export interface ProblemOptions {
  readonly cause?: unknown;
  /** Public ids (uuid) of the objects the message speaks about. */
  readonly subjects?: readonly ProblemSubject[];
}

export interface ProblemSubject {
  readonly uuid: string;
  readonly description: string;
}

/** An expected failure whose message tells the caller what to do. */
export class Problem extends Error {
  readonly kind: ProblemKind;
  readonly subjects: readonly ProblemSubject[];

  constructor(kind: ProblemKind, message: string, options: ProblemOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'Problem';
    this.kind = kind;
    this.subjects = options.subjects ?? [];
  }
}

/** `throw problem('inUse', 'pod p1 still holds 2 clusters: delete them first')`. */
export function problem(kind: ProblemKind, message: string, options?: ProblemOptions): Problem {
  return new Problem(kind, message, options);
}
