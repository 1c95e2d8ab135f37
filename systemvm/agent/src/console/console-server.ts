// The web server of a console proxy: the page, and the WebSocket through which browsers reach displays.
import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { consolePagePath, consoleSocketPath, type ConsoleProxyConfiguration } from '@strata/domain';
import { createWebSocketStream, type WebSocket, WebSocketServer } from 'ws';
import { runConsole } from './console-session.ts';
import type { PageFile } from './page-files.ts';

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  // noVNC draws cursors as data: URLs.
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const headers = {
  'content-security-policy': policy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-store',
};

/** A token and what the caller demanded beside it, as the management server makes and takes them. */
const tokenPattern = /^[A-Za-z0-9_-]{20,64}$/;
const maxExtra = 255;
const maxHeaderBytes = 8 * 1024;
/** Tries at a time of those whose token was not found good yet: of each address, and of all together for each console that may be open. */
const maxPendingPerAddress = 10;
const maxPendingPerSession = 4;
/** Longest message of a browser: a pasted clipboard. */
const maxMessageBytes = 1 << 20;
/** A browser that vanished without a word is noticed after two of these. */
const pingEveryMs = 20_000;

export interface ConsoleServerOptions {
  readonly configuration: ConsoleProxyConfiguration;
  readonly files: ReadonlyMap<string, PageFile>;
  readonly managementSocket: string;
  /** How long it may take until the management server listens there: it looks for new proxies every 5 s. */
  readonly managementPatienceMs?: number;
  /** All addresses where left out. */
  readonly address?: string;
  log(line: string): void;
}

export class ConsoleServer {
  private readonly server: Server;
  private readonly sockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxMessageBytes,
    perMessageDeflate: false,
    // Old viewers name the protocol of the days before binary frames.
    handleProtocols: (offered) => (offered.has('binary') ? 'binary' : false),
  });
  private readonly options: ConsoleServerOptions;
  /** Client addresses of those whose token was not found good yet. */
  private readonly pending = new Map<WebSocket, string>();
  private readonly pings: NodeJS.Timeout;

  constructor(options: ConsoleServerOptions) {
    this.options = options;
    const { tls } = options.configuration;
    const limits = { maxHeaderSize: maxHeaderBytes, headersTimeout: 10_000, requestTimeout: 15_000 };
    const answer = (request: IncomingMessage, response: ServerResponse): void => this.serve(request, response);
    this.server =
      tls === null
        ? createHttpServer(limits, answer)
        : createHttpsServer({ ...limits, cert: tls.certificateChain, key: tls.privateKey, minVersion: 'TLSv1.2' }, answer);
    // Longer than browsers leave a pause between the files of a page.
    this.server.keepAliveTimeout = 30_000;
    this.server.maxConnections = 10 * options.configuration.maxSessions + 100;
    this.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => this.upgrade(request, socket, head));
    this.pings = setInterval(() => this.ping(), pingEveryMs);
    this.pings.unref();
  }

  /** @returns the port */
  async listen(): Promise<number> {
    const { configuration, address } = this.options;
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(configuration.port, address, () => {
        this.server.off('error', reject);
        // A connection that could not be taken, for example where descriptors are used up, ends nobody else's.
        this.server.on('error', (error) => this.options.log(`port ${configuration.port}: ${error.message}`));
        resolve();
      });
    });
    const place = this.server.address();
    return typeof place === 'object' && place !== null ? place.port : configuration.port;
  }

  /** Consoles whose token was good: only they keep others out. */
  get sessions(): number {
    return this.sockets.clients.size - this.pending.size;
  }

  async close(): Promise<void> {
    clearInterval(this.pings);
    for (const socket of this.sockets.clients) socket.terminate();
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private serve(request: IncomingMessage, response: ServerResponse): void {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { ...headers, allow: 'GET, HEAD' }).end();
      return;
    }
    const path = (request.url ?? '/').split(/[?#]/, 1)[0]!;
    const file = this.options.files.get(path === '/' ? consolePagePath : path);
    if (file === undefined) {
      response.writeHead(404, { ...headers, 'content-type': 'text/plain; charset=utf-8' }).end('nothing is here\n');
      return;
    }
    // The library is fifty files: a slow machine need not send them for every console.
    const caching = path.startsWith('/novnc/') ? { 'cache-control': 'private, max-age=3600' } : {};
    response.writeHead(200, { ...headers, ...caching, 'content-type': file.type, 'content-length': file.body.length });
    response.end(request.method === 'HEAD' ? undefined : file.body);
  }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => undefined);
    const url = URL.parse(request.url ?? '/', 'http://proxy');
    if (url === null) return refuse(socket, 400, 'the address is damaged');
    const token = url.searchParams.get('token') ?? '';
    const extra = url.searchParams.get('extra');
    if (url.pathname !== `/${consoleSocketPath}`) return refuse(socket, 404, 'nothing is here');
    if (!tokenPattern.test(token) || (extra?.length ?? 0) > maxExtra) return refuse(socket, 400, 'the token is missing or damaged');
    if (!this.isOwnOrigin(request)) return refuse(socket, 403, 'pages of other origins may not open consoles here');
    const { maxSessions } = this.options.configuration;
    if (this.sessions >= maxSessions) return refuse(socket, 503, 'too many consoles are open on this proxy: close one and try again');
    const clientAddress = request.socket.remoteAddress ?? 'unknown';
    const ofAddress = [...this.pending.values()].filter((address) => address === clientAddress).length;
    if (ofAddress >= maxPendingPerAddress || this.pending.size >= maxPendingPerSession * maxSessions)
      return refuse(socket, 429, 'too many consoles are being opened at the same time: try again in half a minute');
    this.sockets.handleUpgrade(request, socket, head, (opened) => {
      void this.run(opened, { token, clientAddress, ...(extra !== null && { extra }) });
    });
  }

  /** Programs that are no browsers send no origin; the token is what lets them in. */
  private isOwnOrigin({ headers: { origin, host } }: IncomingMessage): boolean {
    if (origin === undefined) return true;
    if (!URL.canParse(origin)) return false;
    const { host: page, hostname } = new URL(origin);
    return page === host?.toLowerCase() || this.options.configuration.publicHosts.includes(hostname);
  }

  private async run(socket: WebSocket, request: { token: string; clientAddress: string; extra?: string }): Promise<void> {
    const { configuration, managementSocket, managementPatienceMs = 12_000, log } = this.options;
    alive.set(socket, true);
    this.pending.set(socket, request.clientAddress);
    socket.once('close', () => this.pending.delete(socket));
    socket.on('pong', () => alive.set(socket, true));
    const viewer = createWebSocketStream(socket);
    const reason = await runConsole(viewer, {
      managementSocket,
      managementPatienceMs,
      idleTimeoutMs: configuration.idleTimeoutMs,
      request,
      admit: () => {
        if (this.sessions >= configuration.maxSessions)
          return 'Too many consoles are open on this proxy. Close one and open this console again.';
        this.pending.delete(socket);
        return undefined;
      },
    });
    log(`console of ${request.clientAddress} ended: ${reason}`);
    socket.close(1000, reason.slice(0, 100));
    setTimeout(() => socket.terminate(), 2_000).unref();
  }

  private ping(): void {
    for (const socket of this.sockets.clients) {
      if (alive.get(socket) === false) socket.terminate();
      alive.set(socket, false);
      socket.ping();
    }
  }
}

const alive = new WeakMap<WebSocket, boolean>();

function refuse(socket: Duplex, status: number, text: string): void {
  const body = `${text}\n`;
  socket.end(
    `HTTP/1.1 ${status} Refused\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    // The server's time limits have let go of it: a caller that never hangs up would hold it for good.
    () => socket.destroy(),
  );
}
