// Downloads from real web servers into a folder that stands for a store: what arrives, what is refused, what is left behind.
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { DownloadRequest, TransferReport } from '@strata/domain';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AddressPolicy } from './address-policy.ts';
import type { FetchLimits } from './limits.ts';
import { Outbound, type Resolve } from './outbound.ts';
import type { Stores } from './store-mounts.ts';
import { Transfers } from './transfers.ts';

const mib = 2 ** 20;
const limits: FetchLimits = { barrenAttempts: 3, firstPauseMs: 1, longestPauseMs: 5, silenceMs: 250, wholeMs: 20_000 };
const storeId = randomUUID();
/** Found by its mark behind the system area (ECMA-119, 7.1), which no tool has to judge. */
const iso = Buffer.concat([Buffer.alloc(32_769), Buffer.from('CD001'), randomBytes(3 * mib)]);
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** The one loopback address of the web server passes, everything else is judged as ever. */
const strict = new AddressPolicy([]);
const judge = { check: (address: string, host: string) => (address === '127.0.0.1' ? undefined : strict.check(address, host)) };

let folder: string;
let web: Server;
let site: string;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
const asked: (string | undefined)[] = [];

beforeAll(async () => {
  web = createServer((request, response) => {
    asked.push(request.headers.range);
    response.on('error', () => undefined);
    answer(request, response);
  });
  await new Promise<void>((done) => web.listen(0, '127.0.0.1', done));
  site = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
});
afterAll(() => {
  web.closeAllConnections();
  web.close();
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'store-'));
  asked.length = 0;
  answer = serve(iso);
});
afterEach(() => rmSync(folder, { recursive: true }));

const stores: Stores = { mounted: [storeId], isMounted: (uuid) => uuid === storeId, folderOf: () => folder };

function agent(resolve?: Resolve, over: Partial<FetchLimits> = {}): Transfers {
  return new Transfers(stores, new Outbound(judge, resolve), () => undefined, { ...limits, ...over });
}

function request(over: Partial<DownloadRequest> = {}): DownloadRequest {
  const id = randomUUID();
  const caps = { maxFileBytes: 16 * mib, maxVirtualBytes: 64 * mib };
  return { id, url: `${site}/rescue.iso`, store: storeId, path: `iso/${id}.iso`, format: 'iso', checksum: '', caps, ...over };
}

/** With ranges and a name for the version, as most web servers. */
function serve(bytes: Buffer, headers: Record<string, string> = { etag: `"${sha256(bytes)}"` }, cutAfter = Infinity) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    const fresh = request.headers['if-range'] === undefined || Object.values(headers).includes(request.headers['if-range']);
    const start = fresh ? Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0) : 0;
    response.writeHead(start > 0 ? 206 : 200, {
      ...headers,
      'content-length': bytes.length - start,
      ...(start > 0 && { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` }),
    });
    const rest = bytes.subarray(start, Math.min(bytes.length, start + cutAfter));
    if (rest.length === bytes.length - start) return void response.end(rest);
    response.write(rest, () => setTimeout(() => response.destroy(), 20));
  };
}

async function end(transfers: Transfers, wanted: DownloadRequest): Promise<TransferReport> {
  await transfers.download(wanted);
  for (;;) {
    const report = (await transfers.report()).find(({ id }) => id === wanted.id);
    if (report?.state === 'done' || report?.state === 'failed') return report;
    await sleep(5);
  }
}

/** Nothing but the note that says why. */
function expectNothingLeft({ id, path }: DownloadRequest): void {
  expect(existsSync(join(folder, path))).toBe(false);
  expect(readdirSync(join(folder, '.incoming')).filter((name) => name.startsWith(id))).toEqual([`${id}.json`]);
}

describe('a download', () => {
  it('arrives with its facts, and is the same when it is asked for again', async () => {
    const wanted = request({ checksum: `{SHA-512}${createHash('sha512').update(iso).digest('hex')}` });
    const transfers = agent();
    const report = await end(transfers, wanted);
    expect(report).toMatchObject({ state: 'done', bytesDone: iso.length, bytesTotal: iso.length, message: '' });
    expect(report.image).toEqual({ virtualSizeBytes: iso.length, fileBytes: iso.length, sha256: sha256(iso) });
    expect(readFileSync(join(folder, wanted.path)).equals(iso)).toBe(true);
    await transfers.download(wanted);
    expect(asked).toHaveLength(1);
    await transfers.forget(wanted.id, storeId);
    expect(readdirSync(join(folder, '.incoming'))).toEqual([]);
    expect(existsSync(join(folder, wanted.path))).toBe(true);
  });

  it.each(['md5', 'sha1', 'sha256'])('is compared with its %s sum', async (algorithm) => {
    const hex = createHash(algorithm).update(iso).digest('hex');
    expect(await end(agent(), request({ checksum: hex }))).toMatchObject({ state: 'done' });
    const wrong = request({ checksum: hex.replace(/^./, (digit) => (digit === '0' ? '1' : '0')) });
    expect(await end(agent(), wrong)).toMatchObject({
      state: 'failed',
      message: expect.stringContaining('the checksum is wrong') as string,
    });
    expectNothingLeft(wrong);
  });

  it('is unpacked on the way', async () => {
    const packed = gzipSync(iso);
    answer = serve(packed);
    const wanted = request({ checksum: sha256(packed) });
    expect((await end(agent(), wanted)).image).toEqual({ virtualSizeBytes: iso.length, fileBytes: iso.length, sha256: sha256(iso) });
  });

  it('F26 goes on where the connection broke', async () => {
    answer = serve(iso, undefined, mib);
    expect(await end(agent(), request())).toMatchObject({ state: 'done', image: { sha256: sha256(iso) } });
    expect(asked.length).toBeGreaterThan(3);
    expect(asked[1]).toMatch(/^bytes=[1-9]/);
  });

  it('F26 goes on in the agent that replaces one that ended', async () => {
    const wanted = request();
    answer = (_request, response) => {
      response.writeHead(200, { etag: `"${sha256(iso)}"`, 'content-length': iso.length });
      response.write(iso.subarray(0, mib));
    };
    const first = agent(undefined, { silenceMs: 10_000 });
    await first.download(wanted);
    while ((await first.report())[0]?.bytesDone !== mib) await sleep(5);
    await first.stop();
    const second = agent();
    expect(await second.report()).toMatchObject([{ id: wanted.id, state: 'paused', bytesDone: mib, bytesTotal: iso.length }]);
    // What lies behind the safe bytes may have holes and is not believed.
    writeFileSync(join(folder, '.incoming', `${wanted.id}.part`), Buffer.alloc(100), { flag: 'a' });
    answer = serve(iso);
    expect(await end(second, wanted)).toMatchObject({ state: 'done', image: { sha256: sha256(iso) } });
    expect(asked.at(-1)).toBe(`bytes=${mib}-`);
  });

  it('F26 comes again when the agent before this one ended between installing it and noting that', async () => {
    const wanted = request();
    answer = serve(iso, undefined, mib);
    const first = agent(undefined, { barrenAttempts: 100, firstPauseMs: 60_000, longestPauseMs: 60_000 });
    await first.download(wanted);
    while ((await first.report())[0]?.bytesDone !== mib) await sleep(5);
    await first.stop();
    const [part, record] = ['part', 'json'].map((end) => join(folder, '.incoming', `${wanted.id}.${end}`)) as [string, string];
    rmSync(part);
    writeFileSync(record, JSON.stringify({ ...JSON.parse(readFileSync(record, 'utf8')), bytesSafe: iso.length, bytesTotal: iso.length }));
    answer = serve(iso);
    expect(await end(agent(), wanted)).toMatchObject({ state: 'done', image: { sha256: sha256(iso) } });
    expect(readFileSync(join(folder, wanted.path)).equals(iso)).toBe(true);
  });

  it.each([
    ['changed meanwhile', { etag: '"old"' }, { etag: '"new"' }],
    ['has no name for its versions', {}, {}],
    ['only has a weak name for its versions', { etag: 'W/"same"' }, { etag: 'W/"same"' }],
  ] as const)('F26 begins anew when the file %s', async (_what, before, after) => {
    const other = Buffer.concat([iso.subarray(0, 40_000), randomBytes(mib)]);
    let requests = 0;
    answer = (request, response) => (requests++ === 0 ? serve(iso, before, mib) : serve(other, after))(request, response);
    expect(await end(agent(), request())).toMatchObject({ state: 'done', image: { sha256: sha256(other) } });
  });

  it.each([
    ['a web page', Buffer.from('<!doctype html><html><body>log in</body></html>'), 'iso', 'a web page, not an image'],
    ['a web page for a template', Buffer.from('<html><head></head></html>'), 'qcow2', 'a web page, not an image'],
    ['nothing', Buffer.alloc(0), 'iso', 'empty'],
    ['noise', randomBytes(mib), 'qcow2', 'of an unknown kind'],
    ['an archive in an archive', gzipSync(gzipSync(iso)), 'iso', 'compressed with gzip'],
    ['a broken archive', gzipSync(randomBytes(mib)).subarray(0, 5_000), 'iso', 'the gzip archive is broken'],
    ['a VMDK', Buffer.from('# Disk DescriptorFile\nversion=1\nRW 1 FLAT "/etc/passwd" 0\n'), 'qcow2', 'a VMDK image'],
    ['a VHDX', Buffer.concat([Buffer.from('vhdxfile'), Buffer.alloc(4_096)]), 'qcow2', 'a VHDX image'],
    ['a QED', Buffer.concat([Buffer.from('QED\0'), Buffer.alloc(4_096)]), 'qcow2', 'a QED image'],
    ['a qcow2 posing as ISO', Buffer.concat([Buffer.from('QFI\xfb\0\0\0\x03', 'latin1'), iso.subarray(8)]), 'iso', 'it is no ISO image'],
    ['json: in place of an image', Buffer.from('json:{"driver":"file","filename":"/etc/passwd"}'), 'qcow2', 'a text, not an image'],
  ] as const)('T09 refuses %s and leaves nothing', async (_what, bytes, format, reason) => {
    answer = serve(bytes);
    const wanted = request({ format });
    expect(await end(agent(), wanted)).toMatchObject({ state: 'failed', image: null, message: expect.stringContaining(reason) as string });
    expectNothingLeft(wanted);
  });

  it('T10 refuses archives that unpack to more than is allowed', async () => {
    answer = serve(gzipSync(Buffer.alloc(64 * mib)));
    const wanted = request();
    expect(await end(agent(), wanted)).toMatchObject({ message: expect.stringContaining('unpacks to more than 16777216 bytes') as string });
    expectNothingLeft(wanted);
  });

  it.each([
    ['that say so', { 'content-length': String(17 * mib) }],
    ['without an end', {}],
  ])('F26 refuses bodies %s above the cap', async (_what, headers) => {
    answer = (_request, response) => {
      response.writeHead(200, headers);
      const more = (): void => {
        while (!response.destroyed && response.write(iso));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    };
    const wanted = request();
    expect(await end(agent(), wanted)).toMatchObject({ message: expect.stringContaining('at most 16777216 are allowed') as string });
    expectNothingLeft(wanted);
  });

  it('F26 gives up on a server that is silent, and on one that cuts every answer short', async () => {
    answer = (_request, response) => response.writeHead(200, { 'content-length': 100 }).flushHeaders();
    expect(await end(agent(), request())).toMatchObject({
      message: expect.stringMatching(/broke after 0 of 100 bytes.*tried 3 times/) as string,
    });
    answer = (_request, response) => {
      response.writeHead(200, { 'content-length': iso.length });
      response.write(iso.subarray(0, mib), () => response.destroy());
    };
    const wanted = request();
    expect(await end(agent(), wanted)).toMatchObject({
      state: 'failed',
      message: expect.stringContaining(`of ${iso.length} bytes`) as string,
    });
    expectNothingLeft(wanted);
  });

  it('F26 ends one that trickles for ever', async () => {
    answer = (_request, response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(drip));
    };
    const wanted = request();
    expect(await end(agent(undefined, { wholeMs: 300 }), wanted)).toMatchObject({
      message: expect.stringContaining('did not come within') as string,
    });
    expectNothingLeft(wanted);
  });

  it('ends when it is forgotten, with all that was there of it', async () => {
    answer = (_request, response) => void response.writeHead(200).write(iso.subarray(0, mib));
    const transfers = agent(undefined, { silenceMs: 10_000 });
    const wanted = request();
    await transfers.download(wanted);
    while ((await transfers.report())[0]?.bytesDone !== mib) await sleep(5);
    await transfers.forget(wanted.id, storeId);
    expect(readdirSync(join(folder, '.incoming'))).toEqual([]);
    expect(await transfers.report()).toEqual([]);
  });

  it.each([404, 403, 401])('does not try again after %i', async (status) => {
    answer = (_request, response) => void response.writeHead(status).end();
    expect(await end(agent(), request())).toMatchObject({ message: expect.stringContaining(`answers ${status}`) as string });
    expect(asked).toHaveLength(1);
  });

  it('tries again after 503', async () => {
    let requests = 0;
    answer = (request, response) => (requests++ === 0 ? void response.writeHead(503).end() : serve(iso)(request, response));
    expect(await end(agent(), request())).toMatchObject({ state: 'done' });
  });
});

describe('T11', () => {
  it('follows redirects, a few', async () => {
    answer = (request, response) =>
      request.url === '/rescue.iso' ? void response.writeHead(302, { location: '/moved' }).end() : serve(iso)(request, response);
    expect(await end(agent(), request())).toMatchObject({ state: 'done' });
    answer = (_request, response) => void response.writeHead(302, { location: '/again' }).end();
    expect(await end(agent(), request())).toMatchObject({ message: expect.stringContaining('redirects more than 5 times') as string });
  });

  it.each([
    ['http://127.0.0.2/x', 'loopback'],
    ['http://169.254.169.254/latest/meta-data', 'link-local'],
    ['http://2130706434/x', 'loopback'],
    ['http://0x7f.0.0.2/x', 'loopback'],
    ['http://0177.0.0.2/x', 'loopback'],
    ['http://127.2/x', 'loopback'],
    ['http://[::1]/x', 'loopback'],
    ['http://[::ffff:127.0.0.1]/x', 'loopback'],
    ['http://[::ffff:a9fe:a9fe]/x', 'loopback'],
    ['http://[fe80::1]/x', 'loopback'],
    ['http://224.0.0.1/x', 'loopback'],
    ['http://10.0.0.1/x', 'secstorage.allowed.internal.sites'],
    ['http://192.168.1.1/x', 'secstorage.allowed.internal.sites'],
    ['http://[fd00::1]/x', 'secstorage.allowed.internal.sites'],
    ['file:///etc/passwd', 'leads to file:'],
    ['gopher://127.0.0.1/x', 'leads to gopher:'],
    ['http://root:secret@127.0.0.1/x', 'user name or password'],
  ])('goes neither straight nor by redirect to %s', async (url, reason) => {
    const refused = { state: 'failed', message: expect.stringContaining(reason) as string };
    expect(await end(agent(), request({ url }))).toMatchObject(refused);
    expect(asked).toEqual([]);
    answer = (_request, response) => void response.writeHead(307, { location: url }).end();
    expect(await end(agent(), request())).toMatchObject(refused);
    expect(asked).toHaveLength(1);
  });

  it('connects to the address that it judged, and judges again each time', async () => {
    const answers = [['127.0.0.1'], ['169.254.169.254']];
    const resolve: Resolve = async () => (answers.shift() ?? []).map((address) => ({ address, family: 4 }));
    const url = `http://files.example.test:${new URL(site).port}/rescue.iso`;
    answer = serve(iso, undefined, mib);
    const wanted = request({ url });
    expect(await end(agent(resolve), wanted)).toMatchObject({ message: expect.stringContaining('169.254.169.254') as string });
    expect(asked).toHaveLength(1);
    expectNothingLeft(wanted);
  });

  it('refuses a name when one of its addresses is forbidden', async () => {
    const resolve: Resolve = async () => ['127.0.0.1', '10.0.0.1'].map((address) => ({ address, family: 4 }));
    expect(await end(agent(resolve), request({ url: 'http://both.example.test/x' }))).toMatchObject({
      message: expect.stringContaining('both.example.test (10.0.0.1) is an internal address') as string,
    });
  });
});
