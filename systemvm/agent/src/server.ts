// The agent's HTTP layer on its unix socket: `POST /<command>` with a JSON body, a JSON reply.
import { chmod, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AgentFailure } from '@strata/domain';
import type { Agent } from './agent.ts';
import { AgentProblem } from './agent-problem.ts';

/** User data of a guest may be 1 MiB, more in JSON. */
export const maxBodyBytes = 4 * 1024 * 1024;

const statusOf: Readonly<Record<AgentFailure['kind'], number>> = { invalid: 400, missing: 404, busy: 409, failed: 500 };

/** Serves until the server is closed; an abandoned socket file is replaced. */
export async function serveAgent(agent: Pick<Agent, 'run'>, socketPath: string, log: (line: string) => void): Promise<Server> {
  const server = createServer((request, response) => {
    void answer(agent, request, response, log);
  });
  await rm(socketPath, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketPath, resolve);
  });
  await chmod(socketPath, 0o600);
  return server;
}

async function answer(
  agent: Pick<Agent, 'run'>,
  request: IncomingMessage,
  response: ServerResponse,
  log: (line: string) => void,
): Promise<void> {
  let status = 200;
  let reply: unknown;
  try {
    if (request.method !== 'POST') throw new AgentProblem('invalid', 'commands are sent as POST /<command>');
    reply = await agent.run((request.url ?? '').slice(1), parse(await readBody(request)));
  } catch (error) {
    const failure = asFailure(error);
    status = statusOf[failure.kind];
    reply = failure;
    if (failure.kind === 'failed') log(`${request.url} failed: ${failure.message}`);
  }
  const body = Buffer.from(JSON.stringify(reply ?? {}));
  // What was not read of the request would be taken for the next one.
  const rest = request.complete ? {} : { connection: 'close' };
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': body.length, ...rest });
  response.end(body);
}

function asFailure(error: unknown): AgentFailure {
  if (error instanceof AgentProblem) return { kind: error.kind, message: error.message };
  return { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBodyBytes) throw new AgentProblem('invalid', `the body is larger than ${maxBodyBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function parse(body: string): unknown {
  if (body === '') return {};
  try {
    return JSON.parse(body);
  } catch (error) {
    throw new AgentProblem('invalid', 'the body is not JSON', error);
  }
}
