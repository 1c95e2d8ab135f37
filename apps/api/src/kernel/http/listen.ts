// Opens the doors: the public port, the trusted unix socket, and the integration port where one is wanted.
import { chmod, mkdir, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { dirname } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type Entry, markEntry } from './entry.ts';
import { limits } from './limits.ts';

export interface ListenOptions {
  readonly address: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** The trusted unix socket; whoever may open the file is the system. */
  readonly socketPath?: string;
  /** Port on loopback where every caller is the system; 0 opens none. */
  readonly integrationPort?: number;
}

export interface Listening {
  readonly url: string;
  readonly port: number;
  /** Stops taking requests and waits for those that run; the application is closed with it. */
  close(): Promise<void>;
}

export async function listen(app: NestFastifyApplication, options: ListenOptions): Promise<Listening> {
  const doors: Server[] = [];
  try {
    await app.listen(options.port, options.address);
    if (options.socketPath !== undefined) doors.push(await openSocket(app, options.socketPath));
    if (options.integrationPort) doors.push(await openIntegrationPort(app, options.integrationPort));
  } catch (error) {
    await Promise.all(doors.map(closeDoor));
    await app.close();
    throw error;
  }
  const { port } = app.getHttpServer().address() as AddressInfo;
  const host = options.address.includes(':') ? `[${options.address}]` : options.address;
  return {
    url: `http://${host === '0.0.0.0' || host === '[::]' ? 'localhost' : host}:${port}/client/api`,
    port,
    async close() {
      await Promise.all(doors.map(closeDoor));
      await app.close();
    },
  };
}

/**
 * Before anything is taken over in the name of the installation: a second process under its identity would end the lease of the first.
 * @throws Error when a server listens on the socket
 */
export async function refuseSecondServer(path: string): Promise<void> {
  if (await answers(path)) throw new Error(`another server listens on ${path}: stop it first, or use another data folder`);
}

async function openSocket(app: NestFastifyApplication, path: string): Promise<Server> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await refuseSecondServer(path);
  await rm(path, { force: true });
  const server = door(app, 'local');
  // Between bind and chmod the file must not be open to others either.
  const before = process.umask(0o177);
  try {
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(path, resolve));
  } finally {
    process.umask(before);
  }
  await chmod(path, 0o600);
  return server;
}

async function openIntegrationPort(app: NestFastifyApplication, port: number): Promise<Server> {
  const server = door(app, 'integration');
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  return server;
}

const serverOptions = {
  maxHeaderSize: limits.maxHeaderBytes,
  headersTimeout: limits.headersTimeoutMs,
  requestTimeout: limits.requestTimeoutMs,
  keepAliveTimeout: limits.keepAliveTimeoutMs,
};

/** A second server before the same routes. */
function door(app: NestFastifyApplication, entry: Entry): Server {
  const fastify = app.getHttpAdapter().getInstance();
  const server = createServer(serverOptions, (request, response) => {
    // Commands are taken at any path of the integration port.
    const url = request.url ?? '/';
    const query = url.indexOf('?');
    if (entry === 'integration') request.url = `/client/api${query < 0 ? '' : url.slice(query)}`;
    fastify.routing(request, response);
  });
  server.on('connection', (socket) => markEntry(socket, entry));
  return server;
}

async function closeDoor(server: Server): Promise<void> {
  server.closeIdleConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
}

/** Whether someone listens on the socket, or only its file was left. */
function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
