// With enforce.post.requests.and.timestamps: changes by POST only, signatures that end within minutes; without it as ever.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Params } from '../../../test/harness/api-client.ts';
import { startTestServer, type TestServer } from '../../../test/harness/test-server.ts';
import { readsByName } from './hardening.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const inMinutes = (minutes: number) => `${new Date(Date.now() + minutes * 60_000).toISOString().slice(0, 19)}Z`;
const current = (minutes = 10) => ({ signatureVersion: '3', expires: inMinutes(minutes) });
const signed = (params: Params) => server.admin.query({ response: 'json', ...params });
const status = async (sent: Promise<{ status: number }>) => (await sent).status;
const get = (params: Params) => status(server.admin.send(signed(params)));
const post = (params: Params) => status(server.admin.send('', { body: signed(params) }));
const enforce = (value: boolean) =>
  server.local.call('updateConfiguration', { name: 'enforce.post.requests.and.timestamps', value: String(value) });

describe('enforce.post.requests.and.timestamps', () => {
  it('is off at first', async () => {
    expect(await get({ command: 'listZones' })).toBe(200);
    expect(await get({ command: 'listZones', ...current(60 * 24) })).toBe(200);
    expect(await get({ command: 'createDomain', name: 'by-get' })).toBe(200);
  });

  it('takes changes by POST only', async () => {
    await enforce(true);
    const refused = await server.admin.send(signed({ command: 'createDomain', name: 'changes', ...current() }));
    expect([refused.status, refused.headers['allow'], refused.text]).toEqual([405, 'POST', expect.stringContaining('send POST')]);
    expect(await post({ command: 'createDomain', name: 'changes', ...current() })).toBe(200);
    expect(await get({ command: 'listDomains', ...current() })).toBe(200);
    expect(await get({ command: 'logout' })).toBe(405);
  });

  it.each<[string, Params]>([
    ['no version', {}],
    ['no version but an end', { expires: inMinutes(5) }],
    ['version 3 without an end', { signatureVersion: '3' }],
    ['an end that is past', current(-1)],
    ['an end that is far', current(30)],
  ])('refuses a signature with %s', async (_what, params) => {
    expect(await get({ command: 'listZones', ...params })).toBe(401);
    expect(await post({ command: 'listZones', ...params })).toBe(401);
  });

  it('takes the longest life that clients ask for', async () => expect(await get({ command: 'listZones', ...current(15) })).toBe(200));

  it('leaves the trusted socket alone, which can switch it off again', async () => {
    expect(await status(server.local.send('command=createDomain&name=local&response=json'))).toBe(200);
    await enforce(false);
    expect(await get({ command: 'listZones' })).toBe(200);
  });
});

describe('the rules', () => {
  it.each(['listZones', 'getUser', 'queryAsyncJobResult', 'findHostsForMigration'])('%s reads', (name) =>
    expect(readsByName(name)).toBe(true),
  );
  it.each(['list', 'createZone', 'login', 'relistZones', 'list-x', ''])('%j may change something', (name) =>
    expect(readsByName(name)).toBe(false),
  );
});
