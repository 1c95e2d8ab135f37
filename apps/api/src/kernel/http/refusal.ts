// Refusals that belong to HTTP and to no kind of problem: a wrong method, a session without a command.
import type { Command } from '../command/command.ts';
import { anyErrorEnvelope, type ErrorReply, headerText } from '../wire/error-envelope.ts';

export class HttpRefusal extends Error {
  /** @param allow the value of the Allow header that a 405 must have */
  constructor(
    readonly status: 400 | 404 | 405,
    message: string,
    readonly allow?: string,
  ) {
    super(message);
  }
}

export function refusalReply(
  refusal: HttpRefusal,
  command: Pick<Command, 'envelope'> | undefined,
): ErrorReply & { readonly allow?: string } {
  const { status, message, allow } = refusal;
  return {
    status,
    envelope: command?.envelope ?? anyErrorEnvelope,
    body: { uuidList: [], errorcode: status, errortext: message },
    description: headerText(message),
    ...(allow !== undefined && { allow }),
  };
}
