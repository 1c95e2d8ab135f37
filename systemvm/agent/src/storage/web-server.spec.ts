// Uploads and links as browsers and curl meet them, over real HTTP, with a folder that stands for the store.
import { createHmac, createPrivateKey, randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request as post } from 'node:http';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { type AgentTls, type PublishRequest, type UploadMetadata, uploadHeaders, uploadPath, uploadSigningText } from '@strata/domain';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { authorityCertificate, newPrivateKey, serverCertificate } from '../../../../apps/api/src/areas/certificate/own-authority.ts';
import { AddressPolicy } from './address-policy.ts';
import { Outbound } from './outbound.ts';
import type { Stores } from './store-mounts.ts';
import { Transfers } from './transfers.ts';
import { WebServer } from './web-server.ts';

const storeId = randomUUID();
const key = randomBytes(32);
const iso = Buffer.concat([Buffer.alloc(32_769), Buffer.from('CD001'), randomBytes(500_000)]);
let folder: string;
let transfers: Transfers;
let web: WebServer;
let site: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'store-'));
  const stores: Stores = { mounted: [storeId], isMounted: (uuid) => uuid === storeId, folderOf: () => folder };
  transfers = new Transfers(stores, new Outbound(new AddressPolicy([])), () => undefined);
  web = new WebServer(transfers, stores);
  web.uploadKey = key;
  site = `http://127.0.0.1:${await web.listen('127.0.0.1', 0, null)}`;
});
afterEach(async () => {
  web.stop();
  await transfers.stop();
  rmSync(folder, { recursive: true });
});

interface Upload {
  readonly path: string;
  readonly metadata: string;
  readonly expires: string;
  readonly signature: string;
}

const inAnHour = (): string => new Date(Date.now() + 3_600_000).toISOString();

function signed(over: Partial<UploadMetadata> = {}, { expires = inAnHour(), by = key, path = '' } = {}): Upload & { id: string } {
  const id = randomUUID();
  const said: UploadMetadata = {
    id,
    store: storeId,
    path: `iso/${id}.iso`,
    format: 'iso',
    checksum: '',
    caps: { maxFileBytes: 1_000_000, maxVirtualBytes: 1_000_000 },
    ...over,
  };
  const metadata = Buffer.from(JSON.stringify(said)).toString('base64url');
  const at = path || uploadPath(id);
  const signature = createHmac('sha256', by)
    .update(uploadSigningText(metadata, at, expires))
    .digest('hex');
  return { id, path: at, metadata, expires, signature };
}

function form(bytes: Buffer): FormData {
  const data = new FormData();
  data.append('note', 'a field before the file');
  data.append('files', new Blob([Uint8Array.from(bytes)]), 'rescue.iso');
  return data;
}

async function send(upload: Upload, body: FormData | Buffer = form(iso)): Promise<{ status: number; text: string }> {
  const headers = {
    [uploadHeaders.metadata]: upload.metadata,
    [uploadHeaders.expires]: upload.expires,
    [uploadHeaders.signature]: upload.signature,
  };
  const answer = await fetch(`${site}${upload.path}`, {
    method: 'POST',
    headers,
    body: body instanceof FormData ? body : Uint8Array.from(body),
  });
  return { status: answer.status, text: await answer.text() };
}

async function settled(id: string): Promise<{ state: string; message: string }> {
  for (;;) {
    const report = (await transfers.report()).find((candidate) => candidate.id === id);
    if (report?.state === 'done' || report?.state === 'failed') return report;
    await sleep(5);
  }
}

describe('an upload', () => {
  it.each([
    ['as form data', () => form(iso)],
    ['as it is', () => iso],
  ])('arrives %s', async (_how, body) => {
    const upload = signed();
    expect(await send(upload, body())).toMatchObject({ status: 200 });
    expect(await settled(upload.id)).toMatchObject({ state: 'done', kind: 'upload', image: { fileBytes: iso.length } });
    expect(readFileSync(join(folder, `iso/${upload.id}.iso`)).equals(iso)).toBe(true);
  });

  it('is taken once', async () => {
    const upload = signed();
    const both = await Promise.all([send(upload), send(upload)]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 403]);
    await settled(upload.id);
    expect(await send(upload)).toMatchObject({ status: 403, text: expect.stringContaining('used already') as string });
  });

  it('is judged as downloads are, and leaves nothing when it is refused', async () => {
    const upload = signed();
    await send(upload, form(Buffer.from('<html><body>no image</body></html>')));
    expect(await settled(upload.id)).toMatchObject({ state: 'failed', message: expect.stringContaining('a web page') as string });
    expect(readdirSync(join(folder, '.incoming'))).toEqual([`${upload.id}.json`]);
    expect(existsSync(join(folder, 'iso'))).toBe(false);
  });

  it('ends at the cap', async () => {
    const upload = signed();
    await send(upload, form(Buffer.alloc(3_000_000))).catch(() => undefined);
    expect(await settled(upload.id)).toMatchObject({
      state: 'failed',
      message: expect.stringContaining('more than 1000000 bytes') as string,
    });
    expect(readdirSync(join(folder, '.incoming'))).toEqual([`${upload.id}.json`]);
  });

  it('needs a file in its form', async () => {
    const data = new FormData();
    data.append('files', 'only a text');
    const upload = signed();
    expect(await send(upload, data)).toMatchObject({ status: 403, text: 'the form holds no file\n' });
    expect(await settled(upload.id)).toMatchObject({ state: 'failed' });
  });

  it.each<[string, () => Upload]>([
    ['signed by another key', () => signed({}, { by: randomBytes(32) })],
    ['without signature', () => ({ ...signed(), signature: '' })],
    ['with a cut signature', () => (({ signature, ...rest }) => ({ ...rest, signature: signature.slice(0, 62) }))(signed())],
    ['with a signature in capitals', () => (({ signature, ...rest }) => ({ ...rest, signature: signature.toUpperCase() }))(signed())],
    ['with a longer time than was signed', () => ({ ...signed(), expires: new Date(Date.now() + 9e9).toISOString() })],
    ['with the metadata of another', () => ({ ...signed(), metadata: signed().metadata })],
    ['to the place of another', () => ({ ...signed(), path: uploadPath(randomUUID()) })],
    ['too late', () => signed({}, { expires: new Date(Date.now() - 1_000).toISOString() })],
    ['with a time that is none', () => signed({}, { expires: 'tomorrow' })],
    ['whose metadata are of another id', () => signed({ id: randomUUID() })],
    ['that leads out of its store', () => signed({ path: 'iso/../../etc/cron.d/x' })],
    ['into what is hidden', () => signed({ path: '.incoming/x' })],
  ])('T16 is refused %s', async (_what, make) => {
    const answer = await send(make());
    expect(answer.status).toBe(403);
    expect(answer.text).not.toBe('');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is refused by a machine that was given no key', async () => {
    web.uploadKey = Buffer.alloc(0);
    expect(await send(signed({}, { by: Buffer.alloc(0) }))).toMatchObject({ status: 403 });
  });

  it('may come from pages of the console', async () => {
    const answer = await fetch(`${site}${uploadPath(randomUUID())}`, { method: 'OPTIONS' });
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-headers')).toBe('content-type, x-metadata, x-expires, x-signature');
  });
});

describe('TLS', () => {
  const authorityKeys = newPrivateKey();
  const serverKeys = [newPrivateKey(), newPrivateKey()] as const;
  const from = new Date(Date.now() - 86_400_000);
  const tlsWith = async (name: string, serverKey: Promise<string>): Promise<AgentTls & { authority: string }> => {
    const [authorityKey, privateKey] = [createPrivateKey(await authorityKeys), await serverKey];
    const authority = authorityCertificate(name, authorityKey, from);
    const certificate = serverCertificate({
      authorityName: name,
      authorityKey,
      serverKey: createPrivateKey(privateKey),
      from,
      hosts: ['127.0.0.1'],
    });
    return { certificateChain: `${certificate}${authority}`, privateKey, authority };
  };
  const token = randomBytes(32).toString('base64url');

  /** @returns what came, with the checks that browsers make */
  const fetchOver = async (port: number, ca: string): Promise<Buffer> => {
    const [answer] = (await once(
      get({ port, host: '127.0.0.1', path: `/userdata/${token}/rescue.iso`, ca, agent: false }),
      'response',
    )) as [IncomingMessage];
    return buffer(answer);
  };

  it('is served with the certificate that was given, and with another one at once', async () => {
    mkdirSync(join(folder, 'iso'));
    writeFileSync(join(folder, 'iso/rescue.iso'), iso);
    await web.publish({
      id: randomUUID(),
      token,
      store: storeId,
      path: 'iso/rescue.iso',
      fileName: 'rescue.iso',
      expiresAt: Date.now() + 60_000,
    });
    const [one, two] = [await tlsWith('One', serverKeys[0]), await tlsWith('Two', serverKeys[1])];
    const port = await web.listen('127.0.0.1', 0, one);
    expect((await fetchOver(port, one.authority)).equals(iso)).toBe(true);
    await expect(fetchOver(port, two.authority)).rejects.toThrow(/certificate/);
    expect(await web.listen('127.0.0.1', 0, two)).toBe(port);
    expect((await fetchOver(port, two.authority)).equals(iso)).toBe(true);
    await expect(fetchOver(port, one.authority)).rejects.toThrow(/certificate/);
  });

  it('takes the place of plain http, whose transfers go on', async () => {
    const upload = signed();
    const request = post(`${site}${upload.path}`, {
      headers: {
        [uploadHeaders.metadata]: upload.metadata,
        [uploadHeaders.expires]: upload.expires,
        [uploadHeaders.signature]: upload.signature,
        'content-length': iso.length,
      },
      method: 'POST',
    });
    request.write(iso.subarray(0, 1_000));
    await expect.poll(async () => (await transfers.report())[0]?.bytesDone).toBe(1_000);
    await web.listen('127.0.0.1', 0, await tlsWith('One', serverKeys[0]));
    await expect(fetch(site)).rejects.toThrow('fetch failed');
    request.end(iso.subarray(1_000));
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    expect(answer.statusCode).toBe(200);
    answer.resume();
    expect(await settled(upload.id)).toMatchObject({ state: 'done' });
  });
});

describe('a link', () => {
  const token = randomBytes(32).toString('base64url');
  const link = (over: Partial<PublishRequest> = {}): PublishRequest => ({
    id: randomUUID(),
    token,
    store: storeId,
    path: 'iso/rescue.iso',
    fileName: 'rescue.iso',
    expiresAt: Date.now() + 60_000,
    ...over,
  });
  const get = (range?: string): Promise<Response> =>
    fetch(`${site}/userdata/${token}/rescue.iso`, { ...(range && { headers: { range } }) });

  beforeEach(() => {
    mkdirSync(join(folder, 'iso'));
    writeFileSync(join(folder, 'iso/rescue.iso'), iso);
  });

  it('hands the file out, to be saved and not shown', async () => {
    await web.publish(link());
    const answer = await get();
    expect(Buffer.from(await answer.arrayBuffer()).equals(iso)).toBe(true);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-disposition': 'attachment; filename="rescue.iso"',
      'content-type': 'application/octet-stream',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    });
  });

  it.each([
    ['bytes=100-199', 206, 100, 200],
    [`bytes=${iso.length - 5}-`, 206, iso.length - 5, iso.length],
    ['bytes=-7', 206, iso.length - 7, iso.length],
    ['bytes=5-1', 200, 0, iso.length],
    ['lines=1-2', 200, 0, iso.length],
  ])('answers the range %s', async (range, status, start, end) => {
    await web.publish(link());
    const answer = await get(range);
    expect(answer.status).toBe(status);
    expect(Buffer.from(await answer.arrayBuffer()).equals(iso.subarray(start, end))).toBe(true);
    if (status === 206) expect(answer.headers.get('content-range')).toBe(`bytes ${start}-${end - 1}/${iso.length}`);
  });

  it('names the size when a range lies outside', async () => {
    await web.publish(link());
    const answer = await get(`bytes=${iso.length}-`);
    expect([answer.status, answer.headers.get('content-range')]).toEqual([416, `bytes */${iso.length}`]);
  });

  it('ends when its time is over, when it is taken back, and when another takes its place', async () => {
    const soon = link({ expiresAt: Date.now() + 50 });
    await web.publish(soon);
    expect(web.published).toEqual([soon.id]);
    await sleep(60);
    expect((await get()).status).toBe(404);
    expect(web.published).toEqual([]);
    const longer = link();
    await web.publish(longer);
    await web.publish({ ...longer, token: randomBytes(32).toString('base64url') });
    expect((await get()).status).toBe(404);
    await web.publish(longer);
    expect((await get()).status).toBe(200);
    web.unpublish(longer.id);
    expect((await get()).status).toBe(404);
  });

  it('is of a plain file in the store', async () => {
    symlinkSync('/etc/hostname', join(folder, 'iso/leak.iso'));
    for (const path of ['iso/leak.iso', 'iso/missing.iso'])
      await expect(web.publish(link({ path }))).rejects.toThrow(`there is no ${path} in the secondary storage`);
  });

  it('is the only thing that is there', async () => {
    await web.publish(link());
    for (const path of ['/', '/userdata/', `/userdata/${token}`, `/userdata/${token.slice(1)}/rescue.iso`, '/userdata/../iso/rescue.iso'])
      expect((await fetch(`${site}${path}`)).status).toBe(404);
    expect((await fetch(`${site}/userdata/${token}/rescue.iso`, { method: 'POST', body: 'x' })).status).toBe(404);
  });
});
