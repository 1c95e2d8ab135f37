// What people reach of a secondary-storage VM: links to files, and signed uploads. Nothing else is answered.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer, Server as HttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Busboy } from '@fastify/busboy';
import { type AgentTls, type PublishRequest, uploadHeaders, uploadPath, uploadSigningText } from '@strata/domain';
import { AgentProblem } from '../agent-problem.ts';
import type { FetchProgress } from './fetch-file.ts';
import type { Part } from './parts.ts';
import { readUploadMetadata } from './read-storage.ts';
import type { Stores } from './store-mounts.ts';
import type { Transfers } from './transfers.ts';

const silenceMs = 120_000;
const linkPattern = /^\/userdata\/([A-Za-z0-9_-]{43})\/[^/?]+$/;
const uploadPattern = /^\/upload\/([0-9a-f-]{36})$/;

/** Consoles in browsers send files from another origin; the signature is what lets them. */
const openToPages = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'POST, OPTIONS',
  'access-control-allow-headers': `content-type, ${Object.values(uploadHeaders).join(', ')}`,
};

export class WebServer {
  uploadKey = Buffer.alloc(0);
  readonly #transfers: Transfers;
  readonly #stores: Stores;
  /** By the digest of their token: how long a look-up takes says nothing about tokens. */
  readonly #links = new Map<string, PublishRequest>();
  /** One listens; those before it end what they had begun. */
  readonly #servers = new Set<Server>();
  #listening: { readonly place: string; readonly server: Server } | undefined;

  constructor(transfers: Transfers, stores: Stores) {
    this.#transfers = transfers;
    this.#stores = stores;
  }

  /**
   * In place of what it listened to before; transfers that are under way there go on.
   * @returns the port that was taken, which is the one asked for unless that was 0
   */
  async listen(address: string, port: number, tls: AgentTls | null): Promise<number> {
    const place = `${tls === null ? 'http' : 'https'}://${address}:${port}`;
    const before = this.#listening;
    if (before?.place === place) {
      if (before.server instanceof HttpsServer && tls !== null) before.server.setSecureContext(contextOf(tls));
    } else {
      this.#listening = { place, server: await this.#open(address, port, tls) };
      before?.server.close();
    }
    return (this.#listening!.server.address() as AddressInfo).port;
  }

  async #open(address: string, port: number, tls: AgentTls | null): Promise<Server> {
    const limits = { requestTimeout: 0, headersTimeout: 30_000 };
    const answer = (request: IncomingMessage, response: ServerResponse): void => {
      response.on('error', () => undefined);
      this.#answer(request, response).catch((error: unknown) => refuse(response, error));
    };
    const server = tls === null ? createHttpServer(limits, answer) : createHttpsServer({ ...limits, ...contextOf(tls) }, answer);
    server.setTimeout(silenceMs);
    await new Promise<void>((done, fail) => server.once('error', fail).listen(port, address, () => done()));
    this.#servers.add(server.on('close', () => this.#servers.delete(server)));
    return server;
  }

  /** Throws `AgentProblem('missing')` when there is no such file. */
  async publish(link: PublishRequest): Promise<void> {
    await this.#sizeOf(link);
    this.unpublish(link.id);
    this.#links.set(digestOf(link.token), link);
  }

  unpublish(id: string): void {
    for (const [key, link] of this.#links) if (link.id === id) this.#links.delete(key);
  }

  get published(): string[] {
    const now = Date.now();
    for (const [key, { expiresAt }] of this.#links) if (expiresAt <= now) this.#links.delete(key);
    return [...this.#links.values()].map(({ id }) => id);
  }

  stop(): void {
    for (const server of this.#servers) {
      server.close();
      server.closeAllConnections();
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    const token = linkPattern.exec(path)?.[1];
    if (token !== undefined && (request.method === 'GET' || request.method === 'HEAD')) return this.#send(token, request, response);
    const id = uploadPattern.exec(path)?.[1];
    if (id !== undefined && request.method === 'OPTIONS') return void response.writeHead(204, openToPages).end();
    if (id !== undefined && request.method === 'POST') return this.#take(id, request, response);
    throw new AgentProblem('missing', 'there is nothing here');
  }

  /** Bytes of one range at most, so that a download that broke goes on. */
  async #send(token: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const link = this.#links.get(digestOf(token));
    if (!link || link.expiresAt <= Date.now()) throw new AgentProblem('missing', 'this link does not work any more');
    const size = await this.#sizeOf(link);
    const range = rangeOf(request.headers.range, size);
    if (range === 'outside') return void response.writeHead(416, { 'content-range': `bytes */${size}` }).end();
    response.writeHead(range ? 206 : 200, {
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename="${link.fileName.replaceAll(/[^A-Za-z0-9._-]/g, '_')}"`,
      'content-length': range ? range.end - range.start + 1 : size,
      'accept-ranges': 'bytes',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...(range && { 'content-range': `bytes ${range.start}-${range.end}/${size}` }),
    });
    if (request.method === 'HEAD' || size === 0) return void response.end();
    await pipeline(createReadStream(this.#fileOf(link), range ?? {}), response).catch(() => response.destroy());
  }

  #fileOf({ store, path }: PublishRequest): string {
    return join(this.#stores.folderOf(store), path);
  }

  /** Of a plain file: a symbolic link could lead out of the store. */
  async #sizeOf(link: PublishRequest): Promise<number> {
    const facts = this.#stores.isMounted(link.store) ? await lstat(this.#fileOf(link)).catch(() => undefined) : undefined;
    if (!facts?.isFile()) throw new AgentProblem('missing', `there is no ${link.path} in the secondary storage`);
    return facts.size;
  }

  async #take(id: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [metadata, expires, signature] = [uploadHeaders.metadata, uploadHeaders.expires, uploadHeaders.signature].map((name) =>
      String(request.headers[name] ?? ''),
    );
    this.#checkSignature(uploadSigningText(metadata!, uploadPath(id), expires!), signature!);
    if (!(Date.parse(expires!) > Date.now())) throw new AgentProblem('invalid', 'these upload parameters have expired: ask for new ones');
    const target = readUploadMetadata(JSON.parse(Buffer.from(metadata!, 'base64url').toString()) as unknown, 'the metadata');
    if (target.id !== id) throw new AgentProblem('invalid', 'the metadata is of another upload');
    const length = Number(request.headers['content-length'] ?? Number.NaN);
    const bytesTotal = Number.isSafeInteger(length) ? length : null;
    await this.#transfers.upload(target, bytesTotal, (part, progress, signal) =>
      receive(request, part, progress, signal, target.caps.maxFileBytes),
    );
    response.writeHead(200, { ...openToPages, 'content-type': 'text/plain' }).end('uploaded\n');
  }

  #checkSignature(text: string, signature: string): void {
    const wanted = createHmac('sha256', this.uploadKey).update(text).digest();
    const given = Buffer.from(/^[0-9a-f]{64}$/.test(signature) ? signature : '', 'hex');
    if (this.uploadKey.length === 0 || given.length !== wanted.length || !timingSafeEqual(given, wanted))
      throw new AgentProblem('invalid', 'the signature is wrong: send metadata, expires and signature as they were answered');
  }
}

function contextOf({ certificateChain, privateKey }: AgentTls) {
  return { cert: certificateChain, key: privateKey, minVersion: 'TLSv1.2' } as const;
}

/** The file itself, or the first file of a form. */
async function receive(
  request: IncomingMessage,
  part: Part,
  progress: FetchProgress,
  signal: AbortSignal,
  maxBytes: number,
): Promise<void> {
  const count = (): Transform =>
    new Transform({
      transform(chunk: Buffer, _encoding, done) {
        progress.bytesDone += chunk.length;
        done(
          progress.bytesDone > maxBytes
            ? new AgentProblem('invalid', `the file has more than ${maxBytes} bytes, which is the most that is allowed`)
            : null,
          chunk,
        );
      },
    });
  const keep = (from: Readable): Promise<void> => pipeline(from, count(), createWriteStream(part.file, { mode: 0o600 }), { signal });
  const type = request.headers['content-type'] ?? '';
  if (!/^multipart\/form-data\b/i.test(type)) return keep(request);
  const form = new Busboy({ headers: { ...request.headers, 'content-type': type }, limits: { files: 1, fields: 10, fieldSize: 4_096 } });
  let kept: Promise<void> | undefined;
  form.on('file', (_field, file) => {
    kept = keep(file);
    kept.catch((error: unknown) => request.destroy(error as Error));
  });
  try {
    await pipeline(request, form, { signal });
  } catch (error) {
    // Why the file was refused says more than that the connection was closed then.
    await kept;
    throw error;
  }
  if (kept === undefined) throw new AgentProblem('invalid', 'the form holds no file');
  await kept;
}

/** RFC 9110, section 14: a header that is not understood is as none. */
function rangeOf(header: string | undefined, size: number): { start: number; end: number } | 'outside' | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return undefined;
  const last = size - 1;
  const start = match[1] === '' ? Math.max(0, size - Number(match[2])) : Number(match[1]);
  const end = match[1] === '' || match[2] === '' ? last : Math.min(last, Number(match[2]));
  if (start > last) return 'outside';
  return start <= end ? { start, end } : undefined;
}

function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

const statusOf = { invalid: 403, missing: 404, busy: 503, failed: 500 } as const;

function refuse(response: ServerResponse, error: unknown): void {
  if (response.headersSent) return void response.destroy();
  const problem = error instanceof AgentProblem ? error : new AgentProblem('failed', 'the upload was cut short');
  response.writeHead(statusOf[problem.kind], { ...openToPages, 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
  response.end(`${problem.message}\n`);
}
