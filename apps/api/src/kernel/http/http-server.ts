// Makes the HTTP server: Nest on Fastify, with limits on everything that comes from outside.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { type ArgumentsHost, Catch, type DynamicModule, type ExceptionFilter, type LoggerService, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from '../log/log.ts';
import { causeChain, errorReply } from '../wire/error-envelope.ts';
import { formatOf, writeReply } from '../wire/reply-format.ts';
import { readFormBody } from './form-body.ts';
import { limits } from './limits.ts';
import { HttpRefusal, refusalReply } from './refusal.ts';
import { send } from './send.ts';

export interface HttpServerOptions {
  readonly log: Log;
  /** Addresses or CIDRs of proxies whose X-Forwarded-* headers are believed; none by default. */
  readonly trustedProxies?: readonly string[];
}

/** The application, ready to `listen()` (see listen.ts). @param root the module that imports HttpModule and all else */
export async function createHttpServer(root: Type | DynamicModule, options: HttpServerOptions): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    http: { maxHeaderSize: limits.maxHeaderBytes, headersTimeout: limits.headersTimeoutMs },
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    maxRequestsPerSocket: 0,
    trustProxy: options.trustedProxies?.length ? [...options.trustedProxies] : false,
    forceCloseConnections: 'idle',
    exposeHeadRoutes: false,
    genReqId: () => randomUUID(),
    rewriteUrl: (request: { readonly url?: string | undefined }) => (request.url ?? '/').replace(/^\/client\/api\/(?=\?|$)/, '/client/api'),
    // Parameters are decoded from the text itself: signatures are made over names and values as sent.
    routerOptions: { querystringParser: () => ({}) },
    clientErrorHandler: (error, socket) => refuseUnreadable(error, socket),
  });
  const fastify = adapter.getInstance();
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', (request: FastifyRequest, payload: IncomingMessage) =>
    readFormBody(request.headers['content-type'], payload),
  );
  const app = await NestFactory.create<NestFastifyApplication>(root, adapter, {
    bodyParser: false,
    logger: nestLogger(options.log),
    abortOnError: false,
  });
  app.useGlobalFilters(new LastFilter(options.log));
  return app;
}

/** Requests that no controller took: other paths, and what broke before a controller was asked. */
@Catch()
class LastFilter implements ExceptionFilter {
  constructor(private readonly log: Log) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (reply.sent || reply.raw.headersSent) return;
    const requestId = request.id;
    const format = formatOf(/[?&]response=json(?:&|$)/i.test(request.url) ? 'json' : undefined);
    const status = statusOf(error);
    if (status === 404)
      send(reply, format, { ...refusalReply(new HttpRefusal(404, 'nothing is here: the API is at /client/api'), undefined), requestId });
    else if (status >= 400 && status < 500)
      send(reply, format, { ...refusalReply(new HttpRefusal(400, 'the request cannot be read'), undefined), requestId });
    else {
      this.log.error({ request: requestId, causes: causeChain(error) }, 'a request failed on a defect');
      send(reply, format, { ...errorReply(error, undefined), requestId });
    }
  }
}

function statusOf(error: unknown): number {
  const { status, statusCode } = error as { status?: unknown; statusCode?: unknown };
  return typeof status === 'number' ? status : typeof statusCode === 'number' ? statusCode : 500;
}

/** What node could not read as HTTP, or what took too long to come. */
function refuseUnreadable(error: { code: string; rawPacket?: unknown }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, text] =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? [431, `the request line and headers are larger than ${limits.maxHeaderBytes} bytes: send long parameters by POST`]
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? [408, 'the request did not arrive in time']
        : [400, 'this is not an HTTP request that can be read'];
  const body = writeReply(
    formatOf(Buffer.isBuffer(error.rawPacket) && error.rawPacket.includes('response=json') ? 'json' : undefined),
    'errorresponse',
    { uuidList: [], errorcode: status, errortext: text },
  );
  socket.end(
    `HTTP/1.1 ${status} Refused\r\nContent-Type: ${body.startsWith('{') ? 'application/json' : 'text/xml'}; charset=UTF-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

/** Nest speaks through the server's own log; what it says about wiring matters only to who debugs it. */
function nestLogger(log: Log): LoggerService {
  const text = (message: unknown) => (message instanceof Error ? message.message : String(message));
  return {
    log: (message: unknown) => log.debug({ source: 'nest' }, text(message)),
    verbose: (message: unknown) => log.debug({ source: 'nest' }, text(message)),
    debug: (message: unknown) => log.debug({ source: 'nest' }, text(message)),
    warn: (message: unknown) => log.warn({ source: 'nest' }, text(message)),
    error: (message: unknown, ...details: unknown[]) => log.error({ source: 'nest', details: details.map(String) }, text(message)),
    fatal: (message: unknown) => log.error({ source: 'nest' }, text(message)),
  };
}
