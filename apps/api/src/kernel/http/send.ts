// Sends an answer: status, headers and the body in the format that was asked for.
import type { FastifyReply } from 'fastify';
import type { JsonObject } from '../json.ts';
import { contentTypes, type ReplyFormat, writeReply } from '../wire/reply-format.ts';

export interface Answer {
  readonly status: number;
  readonly envelope: string;
  readonly body: JsonObject;
  readonly requestId: string;
  /** Text of an error, repeated in a header that some clients read. */
  readonly description?: string;
  readonly allow?: string;
  readonly cookies?: readonly string[];
}

export function send(reply: FastifyReply, format: ReplyFormat, answer: Answer): void {
  const { status, envelope, body, requestId, description, allow, cookies } = answer;
  reply.code(status);
  reply.header('content-type', contentTypes[format]);
  reply.header('cache-control', 'no-store');
  reply.header('x-content-type-options', 'nosniff');
  reply.header('x-request-id', requestId);
  if (description !== undefined) reply.header('x-description', description);
  if (allow !== undefined) reply.header('allow', allow);
  if (cookies !== undefined && cookies.length > 0) reply.header('set-cookie', cookies);
  reply.send(writeReply(format, envelope, body));
}
