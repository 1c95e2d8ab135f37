// Requests as they come from outside: credentials, formats, limits, everything that must be refused cleanly (CS-16, T16, T18, T20, T27).
import { createHmac } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { type AddressInfo, connect, createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer } from '../../server.ts';
import { createLog } from '../log/log.ts';
import { startTestServer, type TestServer } from '../../../test/harness/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const credentialsText = 'unable to verify user credentials and/or request signature';

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  readonly headers: Headers;
}

async function get(query: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(`${server.url}?${query}`, init);
  return {
    status: response.status,
    type: response.headers.get('content-type') ?? '',
    text: await response.text(),
    headers: response.headers,
  };
}

const post = (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
  get('', { method: 'POST', body, headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers } });

const inner = (answer: Answer) => Object.values(JSON.parse(answer.text) as Record<string, Record<string, unknown>>)[0]!;

describe('an API key', () => {
  it('signs GET and POST, in JSON and XML', async () => {
    const query = server.admin.query({ command: 'listDomains', response: 'json' });
    for (const answer of [await get(query), await post(query)]) {
      expect(answer).toMatchObject({ status: 200, type: 'application/json; charset=UTF-8' });
      expect(answer.text).toMatch(/^\{"listdomainsresponse":\{"count":1,"domain":\[\{"id":/);
    }
    const xml = await get(server.admin.query({ command: 'listDomains' }));
    expect(xml).toMatchObject({ status: 200, type: 'text/xml; charset=UTF-8' });
    expect(xml.text).toMatch(
      /^<\?xml version="1.0" encoding="UTF-8"\?><listdomainsresponse cloud-stack-version="[\d.]+"><count>1<\/count><domain><id>/,
    );
  });

  it('is taken at the path with a slash too', async () => {
    const response = await fetch(`${server.url}/?${server.admin.query({ command: 'listDomains', response: 'json' })}`);
    expect(response.status).toBe(200);
  });

  it('may be split over query and body, the body winning', async () => {
    const signed = new URLSearchParams(server.admin.query({ command: 'listDomains', name: 'ROOT', response: 'json' }));
    const answer = await get('command=listDomains&response=json&name=x', {
      method: 'POST',
      body: signed.toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    });
    expect(inner(answer)['count']).toBe(1);
  });

  it('fits none of: a changed byte, an unknown key, no signature, no key', async () => {
    const good = server.admin.query({ command: 'listDomains', response: 'json' });
    const signature = new URLSearchParams(good).get('signature')!;
    const other = (signature.startsWith('x') ? 'y' : 'x') + signature.slice(1);
    const changed = good.replace(/signature=.*/, `signature=${encodeURIComponent(other)}`);
    const queries = [
      changed,
      good.replace('apiKey=', 'apiKey=x'),
      good.replace(/&signature=.*/, ''),
      'command=listDomains&response=json',
      `${good}&name=x`,
    ];
    for (const query of queries) {
      const answer = await get(query);
      expect(answer).toMatchObject({ status: 401, type: 'application/json; charset=UTF-8' });
      expect(JSON.parse(answer.text)).toEqual({ listdomainsresponse: { uuidList: [], errorcode: 401, errortext: credentialsText } });
      expect(answer.headers.get('x-description')).toBe(credentialsText);
    }
    const xml = await get(changed.replace('response=json', 'response=xml'));
    expect(xml).toMatchObject({ status: 401, type: 'text/xml; charset=UTF-8' });
    expect(xml.text).toContain(`<errorcode>401</errorcode><errortext>${credentialsText}</errortext></listdomainsresponse>`);
  });

  it('of version 3 needs a moment that is ahead', async () => {
    const at = (ms: number) => new Date(Date.now() + ms).toISOString().replace(/\.\d+Z$/, '+0000');
    const call = (params: Record<string, string>) =>
      get(server.admin.query({ command: 'listDomains', response: 'json', signatureVersion: '3', ...params }));
    expect(await call({ expires: at(60_000) })).toMatchObject({ status: 200 });
    for (const params of [{ expires: at(-60_000) }, { expires: 'soon' }, {}]) expect(await call(params)).toMatchObject({ status: 401 });
  });

  it('may leave tilde and brackets literal and sort names in lower case', async () => {
    const { apiKey, secretKey } = await keysOfAdmin();
    const params: [string, string][] = [
      ['apiKey', apiKey],
      ['command', 'listDomains'],
      ['Keyword', 'a~[b]'],
      ['response', 'json'],
    ];
    const text = params.map(([name, value]) => `${name}=${value}`).join('&');
    const signature = createHmac('sha1', secretKey).update(text.toLowerCase()).digest('base64');
    expect(await get(`${text}&signature=${encodeURIComponent(signature)}`)).toMatchObject({
      status: 200,
      text: '{"listdomainsresponse":{}}',
    });
  });

  async function keysOfAdmin() {
    const [user] = await server.admin.list('listUsers', { username: 'admin' });
    const { userkeys } = (await server.admin.call('getUserKeys', { id: String(user!['id']) })) as {
      userkeys: { apikey: string; secretkey: string };
    };
    return { apiKey: userkeys.apikey, secretKey: userkeys.secretkey };
  }
});

describe('commands', () => {
  it('that do not exist answer 432 in errorresponse', async () => {
    const answer = await get(server.admin.query({ command: 'makeCoffee', response: 'json' }));
    expect(answer.status).toBe(432);
    expect(JSON.parse(answer.text)).toMatchObject({ errorresponse: { errorcode: 432, cserrorcode: 9999 } });
  });

  it('that do not exist tell nothing without credentials', async () => {
    expect(await get('command=makeCoffee&response=json')).toMatchObject({ status: 401 });
    expect(await get('')).toMatchObject({ status: 401, type: 'text/xml; charset=UTF-8' });
  });

  it('name the parameter that is missing', async () => {
    const answer = await get(server.admin.query({ command: 'createDomain', response: 'json' }));
    expect(answer.status).toBe(431);
    expect(inner(answer)['errortext']).toMatch(/createdomain due to missing parameter name/);
  });

  it('refuse values of a wrong type', async () => {
    for (const params of [
      { page: 'x', pagesize: '1' },
      { listall: 'maybe' },
      { id: 'x' },
      { id: '00000000-0000-4000-8000-000000000000' },
      { page: '1' },
      { level: '1.5' },
    ]) {
      const error = await server.admin.refused('listDomains', params);
      expect([error.code, error.envelope], JSON.stringify(params)).toEqual([431, 'listdomainsresponse']);
    }
    const gone = await server.admin.refused('listDomains', { id: '00000000-0000-4000-8000-000000000000' });
    expect(gone.text).toContain(
      'Invalid parameter id value=00000000-0000-4000-8000-000000000000 due to incorrect long value format, or entity does not exist',
    );
  });

  it('take lists of ids: each object once, -1 for none of them', async () => {
    const [domain] = await server.admin.list('listDomains');
    const unknown = '00000000-0000-4000-8000-000000000000';
    const create = { name: 'of one domain', displaytext: 'x', cpunumber: '1', cpuspeed: '500', memory: '128' };
    for (const id of ['-1', unknown]) {
      const error = await server.admin.refused('createServiceOffering', { ...create, domainid: id });
      expect(error.text).toContain(`Invalid parameter domainid value=${id}`);
    }
    // Two different domains would be refused.
    const offering = await server.admin.call('createServiceOffering', {
      ...create,
      domainid: `${String(domain!['id'])},${String(domain!['id'])}`,
    });
    expect(offering).toMatchObject({ serviceoffering: { domainid: domain!['id'] } });
  });

  it('ignore parameters that they do not know', async () => {
    expect(await server.admin.list('listDomains', { colour: 'blue', 'details[0].x': '1', _: '1' })).toHaveLength(1);
  });
});

describe('requests that no client should send', () => {
  const statusOf = async (answer: Promise<Answer>) => (await answer).status;

  it('a body of 2 MiB is refused in the envelope, one of 1.5 MiB is read', async () => {
    const big = await get('command=listDomains&response=json', {
      method: 'POST',
      body: `x=${'a'.repeat(2 * 1_024 * 1_024)}`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(big.status).toBe(431);
    expect(inner(big)['errortext']).toMatch(/larger than 1835008 bytes/);
    expect(await statusOf(post(`response=json&x=${'a'.repeat(1_500_000)}`))).toBe(401);
  });

  it('10,000 parameters are refused', async () => {
    const many = Array.from({ length: 10_000 }, (_, n) => `p${n}=1`).join('&');
    const answer = await post(`response=json&${many}`);
    expect(answer.status).toBe(431);
    expect(inner(answer)['errortext']).toMatch(/10001 parameters/);
  });

  it('text that is no UTF-8 is refused, encoded or raw', async () => {
    expect(await statusOf(get('command=listDomains&keyword=%ff%fe&response=json'))).toBe(431);
    expect(await statusOf(get('command=listDomains&keyword=%zz&response=json'))).toBe(431);
    expect(await statusOf(post(new Uint8Array([...Buffer.from('response=json&x='), 0xff, 0xfe])))).toBe(431);
  });

  it('of a repeated parameter the last counts', async () => {
    const query = server.admin.query({ command: 'listDomains', name: 'ROOT', response: 'json' });
    expect(await statusOf(get(`name=other&${query}`))).toBe(200);
    expect(await statusOf(get(`${query}&name=other`))).toBe(401);
  });

  it('control characters in values are refused', async () => {
    expect((await server.admin.refused('listDomains', { name: 'a\u0000b' })).code).toBe(431);
  });

  it('other content types and methods get a clear answer', async () => {
    const json = await get('response=json', {
      method: 'POST',
      body: '{"command":"listDomains"}',
      headers: { 'content-type': 'application/json' },
    });
    expect(json.status).toBe(431);
    expect(inner(json)['errortext']).toMatch(/application\/x-www-form-urlencoded/);
    for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      const answer = await get('response=json', { method });
      expect([answer.status, answer.headers.get('allow')], method).toEqual([405, 'GET, POST']);
    }
    const empty = await get('command=listDomains&response=json', { method: 'POST', headers: { 'content-type': 'application/json' } });
    expect(empty.status).toBe(401);
  });

  it('other paths are not found', async () => {
    for (const path of ['/', '/client', '/client/apix', '/client/api/x', '/favicon.ico']) {
      expect((await fetch(new URL(path, server.url))).status, path).toBe(404);
    }
  });

  it('headers beyond the limit and broken HTTP are refused', async () => {
    expect(await rawStatus(`GET /client/api?response=json&x=${'a'.repeat(70_000)} HTTP/1.1\r\nHost: x\r\n\r\n`)).toBe(431);
    expect(await rawStatus('NONSENSE\r\n\r\n')).toBe(400);
  });

  it('a header can not be made from a parameter', async () => {
    const error = await get(server.admin.query({ command: 'listDomains', id: 'é x', response: 'json' }));
    expect(error.status).toBe(431);
    expect(error.headers.get('x-description')).toMatch(/^[\x20-\x7e]+$/);
  });

  it('fuzz never ends in a 500 or an unreadable answer', async () => {
    const odd = [
      '%',
      '%00',
      '[',
      ']',
      '[0]',
      '[0].',
      '[x].y',
      '=',
      '&&&',
      '__proto__=1',
      'constructor=1',
      'command[0].x=1',
      'command=%F0%9F%98%80',
      `command=${'x'.repeat(5_000)}`,
      'response=json&response=xml',
      "command=listDomains'--",
    ];
    for (const text of odd) {
      const answer = await get(text);
      expect(answer.status, text).toBeLessThan(500);
      expect(answer.type, text).toMatch(/^(text\/xml|application\/json); charset=UTF-8$/);
    }
  });
});

describe('where requests come from', () => {
  it('X-Forwarded-For makes nobody local', async () => {
    const login = (headers: Record<string, string>) => post('command=login&username=admin&password=password&response=json', headers);
    expect((await login({})).status).toBe(200);
    const forwarded = await login({ 'x-forwarded-for': '192.0.2.7' });
    expect(forwarded.status).toBe(531);
    expect(inner(forwarded)['errortext']).toMatch(/password of a new installation/);
  });

  it('the integration port is closed unless asked for', () => {
    expect(server.config.integrationPort).toBe(0);
  });
});

describe('the trusted socket', () => {
  const local = (query: string, headers: Record<string, string> = {}) =>
    new Promise<{ status: number; text: string }>((resolve, reject) => {
      const request = httpRequest(
        { socketPath: `${server.config.dataFolder}/run/strata.sock`, path: `/client/api?${query}`, headers },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
          response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
        },
      );
      request.on('error', reject).end();
    });

  it('acts as the first administrator, without a login', async () => {
    expect(await local('command=listUsers&response=json')).toMatchObject({
      status: 200,
      text: expect.stringContaining('"username":"admin"') as string,
    });
    expect(await local('command=logout&response=json')).toMatchObject({ status: 432 });
  });

  it('is of one server: a second one on the same data folder ends at once and takes nothing over', async () => {
    await expect(startServer(server.config, createLog('silent'))).rejects.toThrow('another server listens on');
    await server.runtime.lease.beat();
    expect(server.runtime.lease.isHeld()).toBe(true);
  });

  it('takes nothing from web pages', async () => {
    expect(await local('command=listUsers&response=json', { 'sec-fetch-site': 'cross-site' })).toMatchObject({ status: 531 });
  });
});

describe('the integration port', () => {
  it('takes commands at any path without a login, from this machine only', async () => {
    const port = await freePort();
    const other = await startTestServer({ integrationPort: port });
    try {
      const at = (path: string, headers: Record<string, string> = {}) => fetch(`http://127.0.0.1:${port}${path}`, { headers });
      for (const path of [
        '/client/api?command=listUsers&response=json',
        '/?command=listUsers&response=json',
        '/any/path?command=listUsers&response=json',
      ]) {
        expect((await at(path)).status, path).toBe(200);
      }
      expect((await at('/?command=login&username=admin&password=password')).status).toBe(432);
      expect((await at('/?command=listUsers', { origin: 'https://evil.example' })).status).toBe(531);
      expect(await reboundStatus(port)).toBe(531);
    } finally {
      await other.stop();
    }
  });

  /** As a page sends it whose own name was pointed at this machine. */
  function reboundStatus(port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      const request = httpRequest(
        { port, host: '127.0.0.1', path: '/?command=listUsers', headers: { host: `evil.example:${port}` } },
        (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        },
      );
      request.on('error', reject).end();
    });
  }
});

describe('a defect', () => {
  it('is answered with a text that tells nothing, and the request id to look for', async () => {
    const other = await startTestServer();
    try {
      await other.dataSource.query('RENAME TABLE account TO account_moved');
      for (const format of ['json', 'xml']) {
        const response = await fetch(`${other.url}?${other.admin.query({ command: 'listDomains', response: format })}`);
        const text = await response.text();
        expect(response.status).toBe(530);
        expect(text).toContain('an internal error stopped this request');
        expect(text).not.toMatch(/account_moved|doesn't exist|SELECT/);
        expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
      }
    } finally {
      await other.stop();
    }
  });
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

function rawStatus(text: string): Promise<number> {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(text));
    socket.once('data', (data) => {
      socket.destroy();
      resolve(Number(/^HTTP\/1\.1 (\d+)/.exec(data.toString('latin1'))?.[1]));
    });
    socket.once('error', reject);
  });
}
