// Consoles over HTTP, with streams as console proxies open them: who gets a link, that it is good once, and when it and the console are over.
import { once } from 'node:events';
import { type Duplex, duplexPair } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConsoleSession as Browser } from '../../../test/clients/console-session.ts';
import type { ApiClient, Body, Params } from '../../../test/harness/api-client.ts';
import type { Cloud } from '../../../test/harness/cloud.ts';
import { startCloudWithSystemVms, systemVmsUp } from '../../../test/harness/system-vms.ts';
import { createTenants, type Tenants } from '../../../test/harness/tenants.ts';
import { openViewer } from '../../../../../libs/hypervisor/src/conformance/vnc-viewer.ts';
import { readFirstLine } from './first-line.ts';

let cloud: Cloud;
let tenants: Tenants;
let machine: Body;
let proxyId: number;
const opened: Duplex[] = [];

beforeAll(async () => {
  cloud = await startCloudWithSystemVms({ hosts: 2 });
  tenants = await createTenants(cloud.server);
  machine = await deployFor('red1');
  const [proxy] = await cloud.server.dataSource.query<{ id: number }[]>("SELECT id FROM system_vm WHERE kind = 'consoleproxy'");
  proxyId = proxy!.id;
}, 120_000);
afterAll(async () => {
  for (const stream of opened) stream.destroy();
  await cloud.stop();
});

async function deployFor(name: keyof Tenants): Promise<Body> {
  const { templateId: templateid, offeringId: serviceofferingid, zone } = cloud;
  await cloud.server.admin.call('updateTemplatePermissions', { id: templateid, ispublic: true });
  return tenants[name].client.run('deployVirtualMachine', {
    zoneid: zone.zoneId,
    templateid,
    serviceofferingid,
    name: `web-${name}-${opened.length}`,
  });
}

interface Link {
  readonly url: URL;
  readonly token: string;
  readonly details: unknown;
  readonly websocket: Body;
}

async function linkFor(client: ApiClient, vm: Body = machine, params: Params = {}): Promise<Link> {
  const reply = await client.call('createConsoleEndpoint', { virtualmachineid: String(vm['id']), ...params });
  const endpoint = reply['consoleendpoint'] as Body;
  const websocket = endpoint['websocket'] as Body;
  return { url: new URL(String(endpoint['url'])), token: String(websocket['token']), details: endpoint['details'], websocket };
}

interface Entered {
  readonly stream: Duplex;
  readonly answer: Body;
}

/** As the console proxy does. */
async function enter(
  token: string,
  { extra, proxy = proxyId, isMute = false }: { extra?: string; proxy?: number; isMute?: boolean } = {},
): Promise<Entered> {
  const [ours, theirs] = duplexPair();
  // As a forwarded stream whose machine lost its power: even destroyed, it tells of no end.
  if (isMute) theirs._destroy = () => undefined;
  opened.push(ours);
  ours.on('error', () => undefined);
  cloud.server.consoles.accept(theirs, proxy);
  ours.write(`${JSON.stringify({ token, clientAddress: '192.0.2.7', ...(extra !== undefined && { extra }) })}\n`);
  const answer = JSON.parse(await readFirstLine(ours, 4_096, 5_000)) as Body;
  return { stream: ours, answer };
}

/** Opens the console as far as its screen. */
async function look(token: string): Promise<{ stream: Duplex; over: Promise<unknown> }> {
  const { stream, answer } = await enter(token);
  expect(answer).toMatchObject({ ok: true });
  const over = once(stream, 'close');
  const viewer = await openViewer(stream, String(answer['password']));
  await viewer.look();
  stream.resume();
  return { stream, over };
}

const rows = async () =>
  Number((await cloud.server.dataSource.query<{ n: bigint | number }[]>('SELECT COUNT(*) AS n FROM console_session'))[0]!.n);

describe('a link to a console', () => {
  it('CS-45 shows the screen of the machine to whoever opens it, and tells it in the events', async () => {
    const { url, token, websocket } = await linkFor(tenants.red1.client);
    expect(url.protocol).toBe('https:');
    expect(url.pathname).toBe('/console.html');
    expect(url.search).toBe('');
    expect(new URLSearchParams(url.hash.slice(1)).get('token')).toBe(token);
    expect(websocket).toMatchObject({ host: url.hostname, port: '443', path: 'websockify' });
    const { stream, answer } = await enter(token);
    expect(answer).toMatchObject({ ok: true, name: machine['displayname'] });
    const viewer = await openViewer(stream, String(answer['password']));
    const before = await viewer.look();
    for (const character of 'hello') viewer.type(character.charCodeAt(0));
    await expect.poll(async () => (await viewer.look()).equals(before)).toBe(false);
    viewer.close();
    await expect.poll(rows).toBe(0);
    const types = (await tenants.red1.client.list('listEvents', { pagesize: 50, page: 1 })).map(({ type }) => type);
    expect(types).toEqual(expect.arrayContaining(['VM.CONSOLE.LINK', 'VM.CONSOLE.OPEN', 'VM.CONSOLE.CLOSE']));
  });

  it('F33 is over when the viewer leaves, also where the proxy tells of no end', async () => {
    const { token } = await linkFor(tenants.red1.client);
    const { stream, answer } = await enter(token, { isMute: true });
    expect(answer).toMatchObject({ ok: true });
    stream.end();
    await expect.poll(rows).toBe(0);
    expect(cloud.server.consoles.openCount).toBe(0);
  });

  it('X03 opens it once, also when two come at the same moment', async () => {
    const { token } = await linkFor(tenants.red1.client);
    const answers = await Promise.all([enter(token), enter(token), enter(token)]);
    expect(answers.filter(({ answer }) => answer['ok'] === true)).toHaveLength(1);
    const refused = answers.find(({ answer }) => answer['ok'] === undefined)!;
    expect(String(refused.answer['refused'])).toMatch(/used already/);
    for (const { stream } of answers) stream.destroy();
  });

  it('T21 has a token of 256 bits that the database does not know', async () => {
    const { token } = await linkFor(tenants.red1.client);
    expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
    const dump = JSON.stringify(await cloud.server.dataSource.query('SELECT * FROM console_session'));
    expect(dump).not.toContain(token);
    const log = JSON.stringify([
      await cloud.server.dataSource.query('SELECT * FROM event'),
      await cloud.server.dataSource.query('SELECT * FROM job_step'),
    ]);
    expect(log).not.toContain(token);
  });

  it('needs what the caller demanded beside the token', async () => {
    const { token, url } = await linkFor(tenants.red1.client, machine, { token: 'my own secret' });
    expect(new URLSearchParams(url.hash.slice(1)).get('extra')).toBe('my own secret');
    expect((await enter(token)).answer).toHaveProperty('refused');
    expect((await enter(token, { extra: 'another' })).answer).toHaveProperty('refused');
    expect((await enter(token, { extra: 'my own secret' })).answer).toMatchObject({ ok: true });
  });

  it('is good on its own console proxy only, and nobody guesses one', async () => {
    const { token } = await linkFor(tenants.red1.client);
    expect((await enter(token, { proxy: proxyId + 1 })).answer).toHaveProperty('refused');
    expect((await enter('a'.repeat(43))).answer).toHaveProperty('refused');
  });

  it('ends when nobody opens it', async () => {
    const { token } = await linkFor(tenants.red1.client);
    await cloud.server.dataSource.query('UPDATE console_session SET expires_at = NOW(3) - INTERVAL 1 SECOND WHERE opened_at IS NULL');
    expect(String((await enter(token)).answer['refused'])).toMatch(/too old/);
    const seconds = (value: number) =>
      cloud.server.admin.call('updateConfiguration', { name: 'consoleproxy.link.seconds', value: String(value) });
    await seconds(600);
    const { details, token: later } = await linkFor(tenants.red1.client);
    await seconds(60);
    expect(details).toBe('the link opens the console once, within 600 seconds');
    await cloud.server.dataSource.query(
      'UPDATE console_session SET created = created - INTERVAL 601 SECOND, expires_at = expires_at - INTERVAL 601 SECOND WHERE opened_at IS NULL',
    );
    expect((await enter(later)).answer['refused']).toContain('it had to be opened within 600 seconds');
    await cloud.server.runtime.schedule.wake('consoles');
    expect((await enter(token)).answer['refused']).toMatch(/not good any more/);
  });

  it('T22 is for who may operate the machine', async () => {
    const params = { virtualmachineid: String(machine['id']) };
    for (const name of ['blue1', 'blueAdmin', 'red2', 'rose1'] as const)
      expect((await tenants[name].client.refused('createConsoleEndpoint', params)).code, name).toBe(431);
    for (const name of ['redAdmin', 'root'] as const) await linkFor(tenants[name].client);
    expect((await cloud.server.anonymous.refused('createConsoleEndpoint', params)).code).toBe(401);
  });

  it('is made for system machines, for administrators alone', async () => {
    const [proxy] = await cloud.server.admin.list('listSystemVms', { systemvmtype: 'consoleproxy' });
    await expect(linkFor(tenants.red1.client, proxy)).rejects.toThrow('entity does not exist');
    const { stream } = await look((await linkFor(cloud.server.admin, proxy)).token);
    stream.destroy();
  });
});

describe('a console and its links are over', () => {
  it('X03 when the machine stops, also after it has started again', async () => {
    const vm = await deployFor('red1');
    const { over } = await look((await linkFor(tenants.red1.client, vm)).token);
    const { token } = await linkFor(tenants.red1.client, vm);
    await tenants.red1.client.run('stopVirtualMachine', { id: String(vm['id']), forced: true });
    await over;
    expect((await enter(token)).answer).toHaveProperty('refused');
    expect((await tenants.red1.client.refused('createConsoleEndpoint', { virtualmachineid: String(vm['id']) })).text).toMatch(
      /startVirtualMachine/,
    );
    const second = await linkFor(tenants.red1.client, await tenants.red1.client.run('startVirtualMachine', { id: String(vm['id']) }));
    expect((await enter(token)).answer).toHaveProperty('refused');
    (await look(second.token)).stream.destroy();
  });

  it('X03 when the user logs out', async () => {
    const browser = await Browser.open(cloud.server.url, 'admin', 'password');
    const link = async () => {
      const { consoleendpoint } = (await browser.get('createConsoleEndpoint', { virtualmachineid: String(machine['id']) })) as {
        consoleendpoint: { websocket: { token: string } };
      };
      return consoleendpoint.websocket.token;
    };
    const { over } = await look(await link());
    const token = await link();
    await browser.send('logout');
    await over;
    expect(String((await enter(token)).answer['refused'])).toMatch(/login has ended/);
  });

  it('A02 when the user is disabled', async () => {
    const vm = await deployFor('rose1');
    const { over } = await look((await linkFor(tenants.rose1.client, vm)).token);
    const { token } = await linkFor(tenants.rose1.client, vm);
    await cloud.server.admin.run('disableUser', { id: tenants.rose1.userId });
    await over;
    expect((await enter(token)).answer).toHaveProperty('refused');
  });

  it('F33 I12 when the console proxy is gone; a new one serves new links', async () => {
    const { over } = await look((await linkFor(tenants.red1.client)).token);
    const { token } = await linkFor(tenants.red1.client);
    const [proxy] = await cloud.server.admin.list('listSystemVms', { systemvmtype: 'consoleproxy' });
    await cloud.server.admin.run('destroySystemVm', { id: String(proxy!['id']) });
    await over;
    expect((await enter(token)).answer).toHaveProperty('refused');
    await systemVmsUp(cloud);
    await cloud.server.runtime.schedule.wake('consoles');
    const differences = await cloud.server.admin.list('verifyInventory');
    expect(differences.filter(({ check }) => check === 'I12.consoles')).toEqual([]);
    const [next] = await cloud.server.dataSource.query<{ id: number }[]>("SELECT id FROM system_vm WHERE kind = 'consoleproxy'");
    proxyId = next!.id;
    (await look((await linkFor(tenants.red1.client)).token)).stream.destroy();
  });
});

describe('GET /client/console', () => {
  const get = (query: string, headers: Record<string, string> = {}) =>
    fetch(`${new URL(cloud.server.url).origin}/client/console?${query}`, { redirect: 'manual', headers });

  it('redirects a browser that is logged in to the page, in a window of its own', async () => {
    const login = await fetch(cloud.server.url, {
      method: 'POST',
      body: 'command=login&username=admin&password=password&response=json',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    const cookie = login.headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; ');
    const query = `cmd=access&vm=${String(machine['id'])}`;
    const reply = await get(query, { cookie });
    expect(reply.status).toBe(302);
    const target = new URL(reply.headers.get('location')!);
    expect(target.pathname).toBe('/console.html');
    expect((await look(new URLSearchParams(target.hash.slice(1)).get('token')!)).stream.destroy()).toBeDefined();
    expect((await get(query, { cookie, 'sec-fetch-site': 'cross-site' })).status).toBe(401);
    for (const cmd of ['thumbnail', 'auth', '']) {
      const refused = await get(`cmd=${cmd}&vm=${String(machine['id'])}`, { cookie });
      expect(refused.status).toBe(431);
      expect(await refused.text()).toContain('only access is offered');
    }
    expect((await get('cmd=access&vm=00000000-0000-4000-8000-000000000000', { cookie })).status).toBe(431);
    expect((await get('cmd=access', { cookie })).status).toBe(431);
  });

  it('refuses who is not logged in', async () => {
    const reply = await get(`cmd=access&vm=${String(machine['id'])}`);
    expect(reply.status).toBe(401);
    expect(Object.fromEntries(reply.headers)).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  });
});
