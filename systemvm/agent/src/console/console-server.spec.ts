// The console proxy's server against a display in memory: tokens, origins, the password step, idle time, the page and its headers.
import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import type { ConsoleAnswer, ConsoleProxyConfiguration, ConsoleRequest } from '@strata/domain';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createWebSocketStream, WebSocket } from 'ws';
import { connectViewer } from '../../../../libs/hypervisor/src/simulator/simulated-display.ts';
import { TextScreen } from '../../../../libs/hypervisor/src/simulator/text-screen.ts';
import { ConsoleServer } from './console-server.ts';
import { type PageFile, readPageFiles } from './page-files.ts';
import { readBytes } from './read-stream.ts';

const token = 'a-token-of-the-management-server';
const configuration: ConsoleProxyConfiguration = {
  port: 0,
  tls: null,
  publicHosts: ['console.example.org'],
  idleTimeoutMs: 5_000,
  maxSessions: 2,
};

let files: ReadonlyMap<string, PageFile>;
let folder: string;
let management: Server;
let server: ConsoleServer | undefined;
let screen: TextScreen;
/** What the management server was asked, and what it answers. */
let asked: ConsoleRequest[];
let answer: ConsoleAnswer;
let isOn: boolean;
const logged: string[] = [];

beforeAll(async () => {
  files = await readPageFiles();
});
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'strata-console-'));
  asked = [];
  answer = { ok: true, password: 'aB3dE6gH', name: 'web-1' };
  isOn = true;
  screen = new TextScreen('login: ');
  management = createServer((stream) => {
    stream.on('error', () => undefined);
    stream.once('data', (line: Buffer) => {
      asked.push(JSON.parse(line.toString('utf8')) as ConsoleRequest);
      stream.write(`${JSON.stringify(answer)}\n`);
      if ('refused' in answer) return stream.end();
      const display = connectViewer({ name: 'web-1', password: 'aB3dE6gH', screen, isOn: () => isOn });
      stream.pipe(display).pipe(stream);
      display.on('close', () => stream.destroy());
    });
  });
  await new Promise<void>((resolve) => management.listen(join(folder, 'management.sock'), resolve));
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  if (management.listening) await closed(management);
  rmSync(folder, { recursive: true });
});
afterAll(() => {
  logged.length = 0;
});

function closed(what: Server): Promise<void> {
  return new Promise((resolve) => what.close(() => resolve()));
}

async function start(changes: Partial<ConsoleProxyConfiguration> = {}): Promise<string> {
  server = new ConsoleServer({
    configuration: { ...configuration, ...changes },
    files,
    managementSocket: join(folder, 'management.sock'),
    managementPatienceMs: 700,
    address: '127.0.0.1',
    log: (line) => logged.push(line),
  });
  return `127.0.0.1:${await server.listen()}`;
}

const streams = new WeakMap<WebSocket, Duplex>();

function connect(place: string, options: { token?: string; extra?: string; origin?: string } = {}): Promise<WebSocket> {
  const query = new URLSearchParams({ token: options.token ?? token, ...(options.extra !== undefined && { extra: options.extra }) });
  const socket = new WebSocket(`ws://${place}/websockify?${query.toString()}`, ['binary'], {
    ...(options.origin !== undefined && { origin: options.origin }),
  });
  // Bytes may come with the answer to the upgrade.
  streams.set(
    socket,
    createWebSocketStream(socket).on('error', () => undefined),
  );
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve(socket));
    socket.once('unexpected-response', (_request, response) => reject(new Error(`status ${response.statusCode}`)));
    socket.once('error', reject);
  });
}

/** As a browser does: no password, then the name of the desktop. */
async function enter(socket: WebSocket): Promise<{ name: string; press(keysym: number): void; end: Promise<unknown> }> {
  const stream = streams.get(socket)!;
  const end = new Promise((resolve) => {
    socket.once('close', resolve);
  });
  const deadline = AbortSignal.timeout(5_000);
  const read = (length: number) => readBytes(stream, length, deadline);
  await read(12);
  stream.write('RFB 003.008\n');
  const [count] = await read(1);
  if (count === 0) throw new Error((await read((await read(4)).readUInt32BE())).toString('utf8'));
  expect([...(await read(count!))]).toEqual([1]);
  stream.write(Buffer.from([1]));
  expect((await read(4)).readUInt32BE()).toBe(0);
  stream.write(Buffer.from([1]));
  const init = await read(24);
  const name = (await read(init.readUInt32BE(20))).toString('utf8');
  stream.resume();
  return {
    name,
    end,
    press(keysym) {
      const key = Buffer.from([4, 1, 0, 0, 0, 0, 0, 0]);
      key.writeUInt32BE(keysym, 4);
      stream.write(key);
    },
  };
}

describe('a console', () => {
  it('CS-45 is opened with a token, and keys reach the machine', async () => {
    const place = await start();
    const viewer = await enter(await connect(place, { extra: 'more', origin: `http://${place}` }));
    expect(viewer.name).toBe('web-1');
    expect(asked).toEqual([{ token, extra: 'more', clientAddress: '127.0.0.1' }]);
    for (const character of 'né€') viewer.press(character.codePointAt(0)! + (character.codePointAt(0)! > 0xff ? 0x01000000 : 0));
    await expect.poll(() => screen.text).toBe('login: né€');
  });

  it('T22 is refused in the words of the management server, before the browser reaches anything', async () => {
    answer = { refused: 'This link was used already.' };
    await expect(enter(await connect(await start()))).rejects.toThrow('This link was used already.');
  });

  it('waits until the management server listens', async () => {
    const place = await start();
    await closed(management);
    const entering = enter(await connect(place));
    await new Promise((resolve) => setTimeout(resolve, 50));
    await new Promise<void>((resolve) => management.listen(join(folder, 'management.sock'), resolve));
    expect((await entering).name).toBe('web-1');
  });

  it('says that the management server is away', async () => {
    const place = await start();
    await closed(management);
    await expect(enter(await connect(place))).rejects.toThrow('does not reach the management server');
  });

  it('says that the display takes another password', async () => {
    answer = { ok: true, password: 'another1', name: 'web-1' };
    await expect(enter(await connect(await start()))).rejects.toThrow('refuses the password');
  });

  it('ends with the machine', async () => {
    const viewer = await enter(await connect(await start()));
    isOn = false;
    await viewer.end;
  });

  it('ends when nobody uses it, whatever the screen does', async () => {
    const viewer = await enter(await connect(await start({ idleTimeoutMs: 1_000 })));
    const begun = performance.now();
    await viewer.end;
    expect(performance.now() - begun).toBeGreaterThan(900);
    await expect.poll(() => logged.at(-1)).toContain('nobody used it');
  });

  it('ends with what no viewer sends', async () => {
    const socket = await connect(await start());
    const viewer = await enter(socket);
    socket.send(Buffer.from([99, 0, 0, 0]));
    await viewer.end;
  });
});

describe('the proxy', () => {
  it.each([
    ['another origin', { origin: 'https://evil.example' }, 403],
    ['no sound origin', { origin: 'null' }, 403],
    ['a damaged token', { token: '../../etc/passwd' }, 400],
    ['no token', { token: '' }, 400],
  ])('refuses %s', async (_title, options, status) => {
    await expect(connect(await start(), options)).rejects.toThrow(`status ${status}`);
    expect(asked).toEqual([]);
  });

  it('T29 outlives damaged addresses, and holds no connection that it has refused', async () => {
    const place = await start();
    for (const path of ['//', '/websockify?token=']) {
      const socket = createConnection({ host: '127.0.0.1', port: Number(place.split(':')[1]), allowHalfOpen: true });
      let reply = '';
      socket.on('data', (bytes: Buffer) => (reply += bytes.toString('latin1'))).on('error', () => undefined);
      socket.write(`GET ${path} HTTP/1.1\r\nHost: ${place}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
      await expect.poll(() => reply, path).toContain('HTTP/1.1 400');
      // This side never hangs up; what it still sends is answered by a reset once the other side is closed.
      await expect.poll(() => socket.destroyed || !socket.write('more'), path).toBe(true);
    }
    expect((await enter(await connect(place))).name).toBe('web-1');
  });

  it('takes pages of its public name', async () => {
    await enter(await connect(await start(), { origin: 'https://console.example.org' }));
  });

  it('bounds how many consoles are open', async () => {
    const place = await start();
    await Promise.all([enter(await connect(place)), enter(await connect(place))]);
    await expect(connect(place)).rejects.toThrow('status 503');
  });

  it('opens no console too many when several are let in at the same time', async () => {
    const place = await start();
    const opened = await Promise.allSettled([1, 2, 3].map(async () => enter(await connect(place))));
    expect(opened.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    expect(opened.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { message: expect.stringMatching(/Too many|503/) },
    });
  });

  it('T29 lets nobody keep others out without a good token', async () => {
    const place = await start();
    answer = { refused: 'This link was used already.' };
    // None of them ever takes its refusal.
    await Promise.all([1, 2, 3, 4, 5].map(() => connect(place)));
    await expect.poll(() => asked).toHaveLength(5);
    answer = { ok: true, password: 'aB3dE6gH', name: 'web-1' };
    expect((await enter(await connect(place))).name).toBe('web-1');
  });

  it.each([
    ['of one address', 100, 10],
    ['of all together', 2, 8],
  ])('T29 bounds the tries %s, and takes others when some have ended', async (_title, maxSessions, most) => {
    const place = await start({ maxSessions });
    answer = { refused: 'This link was used already.' };
    const idle = await Promise.all(Array.from({ length: most }, () => connect(place)));
    await expect(connect(place)).rejects.toThrow('status 429');
    answer = { ok: true, password: 'aB3dE6gH', name: 'web-1' };
    for (const socket of idle) socket.terminate();
    const entered = async (): Promise<string> => (await enter(await connect(place))).name;
    await expect.poll(() => entered().catch(() => ''), { timeout: 5_000 }).toBe('web-1');
  });

  it('T19 serves the page and its modules under a strict policy, and nothing else', async () => {
    const place = await start();
    const page = await fetch(`http://${place}/console.html`);
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/);
    expect(Object.fromEntries(page.headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    });
    const html = await page.text();
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon\w+=|https?:\/\//i);
    for (const path of [
      '/console.js',
      '/load-check.js',
      '/keyboard.js',
      '/console.css',
      '/novnc/core/rfb.js',
      '/novnc/vendor/pako/lib/zlib/inflate.js',
    ])
      expect((await fetch(`http://${place}${path}`)).status, path).toBe(200);
    for (const path of ['/../package.json', '/novnc/../package.json', '/%2e%2e/package.json', '/novnc/package.json', '/etc/passwd'])
      expect((await fetch(`http://${place}${path}`)).status, path).toBe(404);
    expect((await fetch(`http://${place}/console.html`, { method: 'POST' })).status).toBe(405);
  });
});
