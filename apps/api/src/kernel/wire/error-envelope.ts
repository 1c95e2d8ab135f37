// Errors on the wire: the one table from kinds of problems to codes, the envelope, the X-Description header.
import { Problem, type ProblemKind } from '@strata/domain';
import type { Command } from '../command/command.ts';
import type { JsonObject } from '../json.ts';

export interface ErrorCodes {
  /** Also the HTTP status. */
  readonly errorcode: number;
  /** The exception class that older servers would have named; left out where they sent none. */
  readonly cserrorcode?: number;
}

/** Contract/protocol section 2, "Errors". */
const codes: Readonly<Record<ProblemKind, ErrorCodes>> = {
  invalid: { errorcode: 431, cserrorcode: 4350 },
  malformedMap: { errorcode: 430, cserrorcode: 9999 },
  unknownCommand: { errorcode: 432, cserrorcode: 9999 },
  unauthenticated: { errorcode: 401 },
  loginFailed: { errorcode: 531 },
  denied: { errorcode: 531, cserrorcode: 4365 },
  limitReached: { errorcode: 535, cserrorcode: 4370 },
  noCapacity: { errorcode: 533, cserrorcode: 4325 },
  unavailable: { errorcode: 534, cserrorcode: 4380 },
  inUse: { errorcode: 536, cserrorcode: 4375 },
  conflict: { errorcode: 536, cserrorcode: 4300 },
  ruleConflict: { errorcode: 537, cserrorcode: 4360 },
  throttled: { errorcode: 429, cserrorcode: 4545 },
  shuttingDown: { errorcode: 503 },
  bug: { errorcode: 530, cserrorcode: 4250 },
};

/** All that a caller learns of a defect; the log has the rest under the request's id. */
export const genericErrorText = 'an internal error stopped this request: the server log names it under the request id of this answer';

export function errorCodes(kind: ProblemKind): ErrorCodes {
  return codes[kind];
}

/** Whether the text is meant for callers. */
export function isExpected(error: unknown): error is Problem {
  return error instanceof Problem && error.kind !== 'bug';
}

/** `errorcode`, `cserrorcode`, `errortext` and `uuidList` of any error: in answers and, for failed jobs, in results. */
function errorBody(error: unknown): JsonObject & { readonly errorcode: number; readonly errortext: string } {
  const expected = isExpected(error);
  const uuidList = expected ? error.subjects.map(({ uuid, description }) => ({ uuid, description })) : [];
  return { uuidList, ...codes[expected ? error.kind : 'bug'], errortext: expected ? error.message : genericErrorText };
}

export interface ErrorReply {
  readonly status: number;
  readonly envelope: string;
  readonly body: JsonObject;
  /** Value of the X-Description header. */
  readonly description: string;
}

/** Envelope of errors about no command in particular. */
export const anyErrorEnvelope = 'errorresponse';

/** @param command the command asked for, if there is one of that name */
export function errorReply(error: unknown, command: Pick<Command, 'envelope'> | undefined): ErrorReply {
  const isUnknownCommand = isExpected(error) && error.kind === 'unknownCommand';
  const body = errorBody(error);
  return {
    status: body.errorcode,
    envelope: command && !isUnknownCommand ? command.envelope : anyErrorEnvelope,
    body,
    description: headerText(body.errortext),
  };
}

/** Printable ASCII on one line: texts quote what callers sent, and a header must not be split or rejected. */
export function headerText(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/[^\x20-\x7e]/g, '?')
    .slice(0, 1_024);
}

/** The error and its causes, for the log. */
export function causeChain(error: unknown): string[] {
  const chain: string[] = [];
  for (let link = error; link !== undefined && link !== null && chain.length < 8; link = link instanceof Error ? link.cause : undefined) {
    chain.push(link instanceof Error ? (link.stack ?? `${link.name}: ${link.message}`) : String(link));
  }
  return chain;
}
