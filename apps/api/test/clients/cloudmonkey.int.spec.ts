// CloudMonkey against the server: `sync` and what it asserts of listApis, login by cookie, signed calls without expiry, jobs.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Body, Params } from '../harness/api-client.ts';
import { type Cloud, startCloud } from '../harness/cloud.ts';
import { encodeParams, type Keys, signParams } from './go-client.ts';

let cloud: Cloud;
let keys: Keys;
beforeAll(async () => {
  cloud = await startCloud({ hosts: 1 });
  const { admin } = cloud.server;
  const users = await admin.list('listUsers', { username: 'admin' });
  const { userkeys } = (await admin.call('getUserKeys', { id: String(users[0]!['id']) })) as { userkeys: Record<string, string> };
  keys = { apiKey: userkeys['apikey']!, secretKey: userkeys['secretkey']! };
});
afterAll(() => cloud?.stop());

interface Answer {
  readonly status: number;
  /** The first envelope that ends in `response`; the others it does not look at. */
  readonly data: Body;
}

async function answer(response: Response): Promise<Answer> {
  const body = (await response.json()) as Record<string, Body>;
  const envelope = Object.keys(body).find((name) => name.endsWith('response'));
  if (envelope === undefined) throw new Error('failed to decode response');
  return { status: response.status, data: body[envelope]! };
}

const logIn = (fields: Record<string, string>) =>
  fetch(cloud.server.url, { method: 'POST', body: new URLSearchParams({ command: 'login', response: 'json', ...fields }) });

describe('with API keys', () => {
  const get = async (command: string, params: Params = {}, as = keys) =>
    answer(await fetch(`${cloud.server.url}?${signParams({ command, response: 'json', ...params }, as)}`));

  it('sends no version and no expiry', async () => {
    const { status, data } = await get('listZones', { listall: true });
    expect({ status, count: data['count'] }).toEqual({ status: 200, count: 1 });
  });

  it('signs blanks, tildes, asterisks and brackets in its own way', async () => {
    expect((await get('listVirtualMachines', { keyword: "a b~c*d[e](f)'!é" })).data).toEqual({});
  });

  it('follows a job: id as text, status as number, result as object', async () => {
    const { templateId, offeringId, zone } = cloud;
    const started = await get('deployVirtualMachine', {
      zoneid: zone.zoneId,
      templateid: templateId,
      serviceofferingid: offeringId,
      name: 'monkey',
      'details[0].note': 'any * kind',
    });
    expect(started.data['jobid']).toBeTypeOf('string');
    let job: Body = { jobstatus: 0 };
    for (let asked = 0; asked < 500 && job['jobstatus'] === 0; asked += 1) {
      await sleep(20);
      job = (await get('queryAsyncJobResult', { jobid: started.data['jobid'] as string })).data;
      expect(job['jobstatus']).toBeTypeOf('number');
    }
    expect(job).toMatchObject({ jobstatus: 1, jobresult: { virtualmachine: { name: 'monkey', state: 'Running' } } });
  });

  it('prints number, finer number and text of an error', async () => {
    const { status, data } = await get('startVirtualMachine', { id: '00000000-0000-4000-8000-000000000000' });
    expect({ status, ...data }).toMatchObject({ status: 431, errorcode: 431, cserrorcode: 4350, errortext: expect.any(String) as string });
  });

  it('is not let in by the blank login that it tries after a 401', async () => {
    expect((await get('listZones', {}, { ...keys, secretKey: 'wrong' })).status).toBe(401);
    const blank = await logIn({ username: '', password: '', domain: '/' });
    expect(blank.status).not.toBe(200);
    expect(blank.headers.getSetCookie().filter((cookie) => /^sessionkey=[^;]/.test(cookie))).toEqual([]);
  });
});

describe('with user name and password', () => {
  it('takes the session key from the cookie and syncs', async () => {
    const response = await logIn({ username: 'admin', password: 'password', domain: '/' });
    expect(response.status).toBe(200);
    const jar = response.headers.getSetCookie();
    // A cookie jar sends a cookie where its path fits.
    for (const cookie of jar) expect(cookie.toLowerCase()).toContain('path=/client;');
    const cookies = jar.map((cookie) => cookie.split(';')[0]!);
    const sessionkey = cookies.find((cookie) => cookie.startsWith('sessionkey='))!.slice('sessionkey='.length);
    const query = encodeParams({ command: 'listApis', listall: true, response: 'json', sessionkey });
    const sync = await answer(await fetch(`${cloud.server.url}?${query}`, { headers: { cookie: cookies.join('; ') } }));
    expect(sync.status).toBe(200);
    const apis = sync.data['api'] as Body[];
    expect(sync.data['count']).toBe(apis.length);
    for (const api of apis) expectApi(api);
    const named = (name: string) => apis.find((api) => api['name'] === name);
    expect(named('deployVirtualMachine')).toMatchObject({ isasync: true });
    expect(named('createZone')).toMatchObject({ isasync: false });
  });

  it('prints why it was not let in', async () => {
    expect(await answer(await logIn({ username: 'admin', password: 'wrong', domain: '/' }))).toMatchObject({
      status: 531,
      data: { errorcode: 531 },
    });
  });
});

/** The type assertions of its cache: where one fails, the program ends. */
function expectApi(api: Body): void {
  const at = String(api['name']);
  expect(api, at).toMatchObject({ description: expect.any(String) as string, isasync: expect.any(Boolean) as boolean });
  // The first run of lower-case letters is the verb.
  expect(at).toMatch(/^[a-z]+([A-Z]|$)/);
  expect(Array.isArray(api['params']), at).toBe(true);
  for (const param of api['params'] as Body[]) {
    const { name, type, required, description, length } = param;
    expect([typeof name, typeof type, typeof required, typeof description, typeof length], `${at} ${String(name)}`).toEqual([
      'string',
      'string',
      'boolean',
      'string',
      'number',
    ]);
  }
  expectFields(api['response'], at);
}

function expectFields(fields: unknown, at: string): void {
  expect(Array.isArray(fields), at).toBe(true);
  for (const { name, type, description, response } of fields as Body[]) {
    expect([typeof name, typeof type, typeof description], `${at} ${String(name)}`).toEqual(['string', 'string', 'string']);
    if (response !== undefined) expectFields(response, `${at} ${String(name)}`);
  }
}
