// An HTTP server for guests: each request is answered for the guest that owns the address it comes from.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { RouterGuest } from '@strata/domain';

/** One guest can't use up what all need. */
const maxConnectionsPerGuest = 32;
const maxConnections = 2_000;

export interface Answer {
  readonly status: number;
  readonly type: 'text/plain; charset=utf-8' | 'application/octet-stream';
  readonly body: string | Buffer;
  /** Runs when the guest has the whole answer. */
  readonly sent?: () => void;
}

export function plain(status: number, body: string): Answer {
  return { status, type: 'text/plain; charset=utf-8', body };
}

export interface GuestServerOptions {
  readonly address: string;
  readonly port: number;
  /** The guest of the address, when it comes from its own card. */
  find(ip: string): Promise<RouterGuest | undefined>;
  answer(guest: RouterGuest, request: IncomingMessage): Promise<Answer>;
  /** For everybody else. */
  readonly stranger: Answer;
  log(line: string): void;
}

/** @throws when the address can't be listened on */
export async function serveGuests(options: GuestServerOptions): Promise<Server> {
  const server = createServer(
    { requestTimeout: 10_000, headersTimeout: 5_000, keepAliveTimeout: 2_000, maxHeaderSize: 8_192 },
    (request, response) => {
      respond(options, request, response).catch((error: unknown) => {
        options.log(`an answer on port ${options.port} failed: ${String(error)}`);
        response.destroy();
      });
    },
  );
  // Simple clients say that they have nothing more to send before they read the answer: they get it all the same.
  Object.assign(server, { httpAllowHalfOpen: true });
  server.maxConnections = maxConnections;
  const open = new Map<string, number>();
  server.on('connection', (socket) => {
    const from = socket.remoteAddress ?? '';
    const count = (open.get(from) ?? 0) + 1;
    open.set(from, count);
    socket.once('close', () => {
      const left = open.get(from)! - 1;
      if (left === 0) open.delete(from);
      else open.set(from, left);
    });
    if (count > maxConnectionsPerGuest) socket.destroy();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.address, () => {
      server.off('error', reject);
      server.on('error', (error) => options.log(`port ${options.port}: ${error.message}`));
      resolve();
    });
  });
  return server;
}

async function respond(options: GuestServerOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  // Nobody has anything to send.
  request.resume();
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  const guest = await options.find(request.socket.remoteAddress ?? '');
  const answer = !guest ? options.stranger : isRead ? await options.answer(guest, request) : plain(405, 'only GET');
  const body = typeof answer.body === 'string' ? Buffer.from(answer.body) : answer.body;
  response.writeHead(answer.status, { 'content-type': answer.type, 'content-length': body.length, 'cache-control': 'no-store' });
  if (answer.sent) response.once('finish', answer.sent);
  response.end(request.method === 'HEAD' ? undefined : body);
}
