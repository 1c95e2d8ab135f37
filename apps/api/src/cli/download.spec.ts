// Downloads against a real HTTP server on loopback: sizes, early ends, silence and refusals.
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { download } from './download.ts';

const limits = { maxBytes: 4 * 1024 ** 2, idleMs: 5_000 };
const content = randomBytes(300_000);
let server: Server;
let folder: string;
let file: string;

async function serve(listener: RequestListener): Promise<URL> {
  server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/guest.qcow2`);
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'strata-download-'));
  file = join(folder, 'guest');
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

test('the file arrives whole, with its SHA-256 and progress up to its size', async () => {
  const url = await serve((_request, reply) => reply.writeHead(200, { 'content-length': content.length }).end(content));
  const seen: (number | undefined)[] = [];
  const result = await download(url, file, limits, (bytes, total) => seen.push(bytes, total));
  expect(result).toEqual({ bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') });
  expect(readFileSync(file).equals(content)).toBe(true);
  expect(seen.slice(-2)).toEqual([content.length, content.length]);
});

test('a redirect is followed', async () => {
  const url = await serve((request, reply) => {
    if (request.url === '/real') reply.end(content);
    else reply.writeHead(302, { location: '/real' }).end();
  });
  expect((await download(url, file, limits, () => {})).bytes).toBe(content.length);
});

test('a size over the limit is refused before and while it comes', async () => {
  const url = await serve((request, reply) => {
    if (request.headers['x-said'] === undefined && request.url?.includes('said'))
      reply.writeHead(200, { 'content-length': 5 * 1024 ** 2 }).end();
    else for (let sent = 0; sent < 5; sent += 1) reply.write(Buffer.alloc(1024 ** 2));
  });
  await expect(download(new URL('?said', url), file, limits, () => {})).rejects.toThrow('--max-gib');
  rmSync(file);
  await expect(download(url, file, limits, () => {})).rejects.toThrow('--max-gib');
});

test('a download that ends early is an error', async () => {
  const url = await serve((_request, reply) => {
    reply.writeHead(200, { 'content-length': content.length });
    reply.write(content.subarray(0, 1000), () => reply.destroy());
  });
  await expect(download(url, file, limits, () => {})).rejects.toThrow(/cannot fetch|ended early/);
});

test('a server that falls silent is given up', async () => {
  const url = await serve((_request, reply) => reply.write('x'));
  await expect(download(url, file, { ...limits, idleMs: 200 }, () => {})).rejects.toThrow('sent nothing for 0.2 s');
});

test('a refusal names the server, the status and the path', async () => {
  const url = await serve((_request, reply) => reply.writeHead(404, 'Not Found').end());
  await expect(download(url, file, limits, () => {})).rejects.toThrow(`${url.host} answers 404 Not Found for /guest.qcow2`);
});

test('a port where nobody listens is named', async () => {
  const url = await serve(() => {});
  await new Promise((resolve) => server.close(resolve));
  await expect(download(url, file, limits, () => {})).rejects.toThrow(/cannot fetch http:\/\/127\.0\.0\.1.*ECONNREFUSED/);
});
