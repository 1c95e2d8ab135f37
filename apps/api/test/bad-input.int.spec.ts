// Bad input from outside: whatever is sent, an answer of the contract comes back, nothing breaks and nothing is changed (T32, Q08, what must hold 7).
import { connect } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { areas } from '../src/app.module.ts';
import type { Param } from '../src/kernel/command/param.ts';
import type { EntityClass } from '../src/kernel/command/resource.ts';
import type { ApiClient, Body } from './harness/api-client.ts';
import { nobody, plausible } from './harness/parameter-samples.ts';
import { createPlace } from './harness/place.ts';
import { tableState } from './harness/table-state.ts';
import { createTenants, type Tenants } from './harness/tenants.ts';
import { startTestServer, type TestServer } from './harness/test-server.ts';
import { parseXml } from './harness/xml-tree.ts';

const commands = areas.flatMap((area) => area.commands);
const mib = 2 ** 20;

let server: TestServer;
let tenants: Tenants;
beforeAll(async () => {
  server = await startTestServer();
  tenants = await createTenants(server);
});
afterAll(() => server.stop());

interface Answer {
  readonly status: number;
  readonly envelope: string;
  readonly body: Body;
}

function read({ status, text }: { status: number; text: string }): Answer {
  if (text.startsWith('<')) {
    const root = parseXml(text);
    return { status, envelope: root.name, body: Object.fromEntries(root.children.map((child) => [child.name, child.text])) };
  }
  const entries = Object.entries(JSON.parse(text) as Record<string, Body>);
  expect(entries).toHaveLength(1);
  return { status, envelope: entries[0]![0], body: entries[0]![1] };
}

const post = async (client: ApiClient, params: Record<string, string>) =>
  read(await client.send('', { body: client.query({ response: 'json', ...params }) }));

/** Bytes on the wire, and all that came back until the server closed. */
function speak(bytes: string | Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(server.port, '127.0.0.1', () => socket.write(bytes));
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('utf8')));
    socket.on('error', reject);
  });
}

async function expectHealthy(): Promise<void> {
  // Not the first administrator, whom another one may have disabled.
  expect(await tenants.root.client.list('listDomains', { level: 0 })).toHaveLength(1);
}

describe('is refused, and changes nothing:', () => {
  let before: Record<string, string>;
  beforeEach(async () => {
    before = await tableState(server.dataSource);
    return async () => {
      expect(await tableState(server.dataSource)).toEqual(before);
      await expectHealthy();
    };
  });

  it('a body of 2 MiB', async () => {
    const answer = await post(server.admin, { command: 'createDomain', name: 'x'.repeat(2 * mib) });
    expect(answer).toMatchObject({ status: 431, body: { errortext: expect.stringMatching(/body is larger than \d+ bytes/) as string } });
  });

  it('10,000 parameters, in the body or the query', async () => {
    const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`p${n}`, '']));
    const answer = await post(server.admin, { command: 'createDomain', name: 'many', ...many });
    expect(answer).toMatchObject({ status: 431, body: { errortext: expect.stringContaining('at most 1000 are taken') as string } });
    expect(read(await server.admin.send(`command=createDomain&${'&a'.repeat(9_999)}`))).toMatchObject({ status: 431 });
  });

  it('text that is no UTF-8, in names and values', async () => {
    for (const piece of ['name=%ff', 'name=%c0%80', 'name=%ed%a0%80', '%ff=x', 'name=%e2%82']) {
      const answer = read(await server.admin.send('', { body: `command=createDomain&response=json&${piece}` }));
      expect(answer, piece).toMatchObject({ status: 431, body: { errortext: 'the request holds text that is not valid UTF-8' } });
    }
  });

  it('a % without its two digits', async () => {
    for (const piece of ['name=%', 'name=%2', 'name=%zz', 'name=100%', '%=x', 'name=%u0041', 'name=%%41']) {
      const answer = read(await server.admin.send('', { body: `command=createDomain&response=json&${piece}` }));
      expect(answer, piece).toMatchObject({ status: 431, body: { errortext: expect.stringContaining('%') as string } });
    }
  });

  it('control characters in what a command takes', async () => {
    for (const character of ['\u0000', '\u0007', '\n', '\r\n', '\u001b[31m', '\u007f']) {
      const answer = await post(server.admin, { command: 'createDomain', name: `a${character}b` });
      expect(answer, JSON.stringify(character)).toMatchObject({
        status: 431,
        body: { errortext: 'parameter name holds a control character' },
      });
    }
  });

  it('maps without index, with two, with one that is no number, nested, or too large', async () => {
    for (const name of [
      'details',
      'details[]',
      'details[0]',
      'details[a].x',
      'details[0][1].x',
      'details[-1].x',
      'details[1.5].x',
      'details[9999999].x',
      'details[0',
      'details[0]x',
      `details${'[0]'.repeat(50)}.x`,
    ]) {
      const answer = await post(server.admin, {
        command: 'deployVirtualMachine',
        zoneid: nobody,
        templateid: nobody,
        serviceofferingid: nobody,
        [name]: 'x',
      });
      expect(answer, name).toMatchObject({
        status: 430,
        envelope: 'deployvirtualmachineresponse',
        body: { errorcode: 430, cserrorcode: 9999 },
      });
    }
  });

  it('ids that are something else', async () => {
    for (const id of [
      "' OR 1=1 --",
      '1; DROP TABLE user',
      '../../etc/passwd',
      '${7*7}',
      '%',
      '*',
      '0x1',
      '1e1',
      '١',
      '٣٤',
      `${nobody} `.repeat(2),
      nobody.replaceAll('-', ''),
    ]) {
      const answer = await post(server.admin, { command: 'deleteDomain', id });
      expect(answer, id).toMatchObject({
        status: 431,
        body: { errortext: expect.stringContaining('Invalid parameter id value=') as string },
      });
    }
  });
});

describe('means nothing special:', () => {
  it('names of the prototype as command, parameter, sub-key or value', async () => {
    for (const name of ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf']) {
      expect(await post(server.admin, { command: name }), name).toMatchObject({ status: 432, envelope: 'errorresponse' });
      const listed = await post(server.admin, {
        command: 'listDomains',
        [name]: 'x',
        [`${name}[0].x`]: 'y',
        [`${name}.x`]: 'z',
        level: '0',
      });
      expect(listed, name).toMatchObject({ status: 200, body: { count: 1 } });
      const missing = await post(server.admin, {
        command: 'deployVirtualMachine',
        zoneid: nobody,
        templateid: nobody,
        serviceofferingid: nobody,
        [`details[0].${name}`]: 'x',
        'details[1].key': name,
        'details[1].value': 'y',
      });
      expect(missing.status, name).toBe(431);
      expect(await post(server.admin, { command: 'listDomains', name }), name).toMatchObject({ status: 200, body: {} });
    }
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('a repeated parameter: the last one counts, in the query and over query and body', async () => {
    // Signatures are made over what counts.
    const signed = server.admin.query({ command: 'listDomains', response: 'json', name: 'ROOT' });
    expect(read(await server.admin.send(signed.replace('command=', 'name=nobody&command=')))).toMatchObject({
      status: 200,
      body: { count: 1 },
    });
    expect(read(await server.admin.send('name=nobody&command=listUsers', { body: signed }))).toMatchObject({
      status: 200,
      envelope: 'listdomainsresponse',
      body: { count: 1 },
    });
  });

  it('names of 60,000 characters, that nothing knows', async () => {
    expect(await post(server.admin, { command: 'listDomains', ['n'.repeat(60_000)]: 'x', level: '0' })).toMatchObject({
      status: 200,
      body: { count: 1 },
    });
    const answer = await post(server.admin, { command: 'n'.repeat(60_000) });
    expect(answer.status).toBe(432);
    expect(String(answer.body['errortext']).length).toBeLessThan(400);
  });

  it('text that means something in SQL, XML or a shell is stored and answered as it is', async () => {
    const texts = [`'"; DROP TABLE domain; --`, '<b>&amp;</b>]]>', '$(reboot) `id` ${HOME} | ;', '%_\\%', '🙂 é ﷽ \u202e', '{{7*7}}'];
    for (const text of texts) {
      const { id } = (
        await server.admin.call('createAccount', {
          username: `t${texts.indexOf(text)}`,
          password: 'x-password',
          email: 'a@b.c',
          firstname: text,
          lastname: 'x',
        })
      )['account'] as { id: string };
      const [account] = await server.admin.list('listAccounts', { id });
      expect((account!['user'] as Body[])[0]!['firstname']).toBe(text);
      const xml = await server.admin.send(server.admin.query({ command: 'listAccounts', id }));
      expect(JSON.stringify(parseXml(xml.text))).toContain(JSON.stringify(text).slice(1, -1));
    }
    for (const pattern of ['%', '_', '\\', '%_'])
      expect(await server.admin.list('listDomains', { listall: true, keyword: pattern }), pattern).toEqual([]);
  });
});

describe('no parameter of any command', () => {
  const withText = commands.filter(({ name }) => name !== 'registerUserKeys').map((command) => [command.name, command] as const);

  it.each(withText)('of %s leads to what all objects inherit, or to text that the database cannot compare', async (name, command) => {
    const required = Object.entries(command.params).filter(([, param]) => param.required);
    const given = Object.assign({}, ...required.map(([param, declared]) => plausible(param, declared))) as Record<string, string>;
    const texts = Object.entries(command.params).filter(([, { type }]) => type === 'string' || type === 'list');
    for (const value of ['__proto__', 'constructor', 'é']) {
      const answers = await Promise.all(
        texts.map(async ([param]) => ({ param, ...(await post(server.admin, { ...given, command: name, [param]: value })) })),
      );
      for (const { param, status, body } of answers) expect(status, `${param}=${value}: ${String(body['errortext'])}`).not.toBe(530);
    }
  });
});

describe('HTTP as nobody should speak it:', () => {
  const line = () => `/client/api?${server.admin.query({ command: 'listDomains', level: 0, response: 'json' })}`;

  it('HTTP/1.0 is answered and closed', async () => {
    const answer = await speak(`GET ${line()} HTTP/1.0\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.[01] 200 OK\r\n[^]*\r\n\r\n\{"listdomainsresponse":\{"count":1,/);
  });

  it('other methods get 405 with what is allowed, and change nothing', async () => {
    for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD']) {
      const { status, headers } = await server.admin.send(server.admin.query({ command: 'createDomain', name: `by-${method}` }), {
        method,
      });
      expect([404, 405], method).toContain(status);
      if (status === 405) expect(headers['allow']).toBe('GET, POST');
    }
    expect((await server.admin.list('listDomains', { listall: true, keyword: 'by-' })).length).toBe(0);
  });

  it.each([
    ['no HTTP', 'hello\r\n\r\n', 400],
    ['an unknown version', 'GET / HTTP/9.9\r\n\r\n', 400],
    ['no host', 'GET /client/api HTTP/1.1\r\n\r\n', 400],
    ['two lengths', 'POST /client/api HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc', 400],
    ['length and chunks', 'POST /client/api HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 400],
    [
      'a bad chunk',
      'POST /client/api HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\nzz\r\n',
      400,
    ],
    ['a bare line feed in a header', 'GET /client/api HTTP/1.1\r\nHost: x\r\nX: a\nY b\r\n\r\n', 400],
    ['headers beyond the limit', `GET /client/api HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(70_000)}\r\n\r\n`, 431],
    ['a request line beyond the limit', `GET /client/api?${'x'.repeat(70_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431],
    ['TLS', Buffer.from('16030100a5010000a10303', 'hex'), 400],
  ])('%s is refused at once', async (_what, bytes, status) => {
    const answer = await speak(bytes);
    expect(answer.slice(0, 12)).toBe(`HTTP/1.1 ${status}`);
    await expectHealthy();
  });

  it('another content type is refused, an empty body of any type is not', async () => {
    for (const type of ['application/json', 'multipart/form-data; boundary=x', 'text/xml', 'application/x-www-form-urlencodedx']) {
      const answer = read(
        await server.admin.send('response=json', { body: '{"command":"listDomains"}', headers: { 'content-type': type } }),
      );
      expect(answer, type).toMatchObject({
        status: 431,
        body: { errortext: expect.stringContaining('send parameters as application/x-www-form-urlencoded') as string },
      });
    }
    expect(
      read(
        await server.admin.send(server.admin.query({ command: 'listDomains', response: 'json', level: 0 }), {
          body: '',
          headers: { 'content-type': 'application/json' },
        }),
      ).status,
    ).toBe(200);
  });
});

describe('whatever is sent', () => {
  /** Codes of the contract that a request can end with; 530 would be a defect of ours. */
  const expected = new Set([200, 401, 405, 430, 431, 432, 531, 533, 534, 535, 536, 537]);
  /** Takes the keys that all other requests are signed with. */
  const excluded = new Set(['registerUserKeys', 'logout']);
  // The same requests each time; others with a seed of one's own.
  const seed = Number(process.env['STRATA_FUZZ_SEED'] ?? 20_261_120);
  const numRuns = Number(process.env['STRATA_FUZZ_RUNS'] ?? 100);

  const nasty = fc.oneof(
    fc.string({ maxLength: 40 }),
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.constantFrom(
      '',
      ' ',
      '-1',
      '0',
      '1',
      '2',
      nobody,
      'true',
      'null',
      'undefined',
      '__proto__',
      "' OR ''='",
      '%00',
      '../..',
      '2026-01-31',
      '999999999999999',
      '-999999999999999',
      'x'.repeat(300),
      'a,b,,c',
      '10.1.1.0/24',
      '255.255.255.255',
      'nfs://a/b',
      'http://host-x',
      'KVM',
      'Simulator',
      'Enabled',
      'Basic',
    ),
  );

  it('the answer is one of the contract, in its form; the server stays well and small', async () => {
    await createPlace(server.admin);
    // What there is, but for administrators: their keys are to last.
    const existing = new Map<string, string[]>();
    for (const { entity } of areas.flatMap((area) => area.resources)) {
      const rows = await server.dataSource.getRepository(entity as EntityClass).find({ take: 5 });
      const uuids = rows
        .map(({ uuid }) => uuid)
        .filter((uuid) => ![tenants.root, tenants.redAdmin].some(({ accountId, userId }) => uuid === accountId || uuid === userId));
      if (uuids.length > 0) existing.set(entity.name, uuids);
    }
    const ids = [...existing.values()].flat();
    const known = (name: string, param: Param, at: number): Record<string, string> => {
      const uuids = param.ref && existing.get(param.ref.entity.name);
      return uuids ? { [name]: uuids[at % uuids.length]! } : plausible(name, param);
    };
    const candidates = commands.filter(({ name }) => !excluded.has(name));
    const requestOf = fc.constantFrom(...candidates).chain((command) => {
      const names = Object.keys(command.params);
      const value = fc.oneof(nasty, fc.constantFrom(...ids));
      const some =
        names.length === 0
          ? fc.constant({})
          : fc.dictionary(
              fc.constantFrom(...names, ...names, ...names.map((name) => `${name}[0].key`), ...names.map((name) => `${name}[0]`)),
              value,
              { maxKeys: 5 },
            );
      const required = Object.entries(command.params).filter(([, param]) => param.required);
      return fc.record({
        command: fc.oneof({ weight: 30, arbitrary: fc.constant(command.name) }, { weight: 1, arbitrary: nasty }),
        complete: fc
          .nat({ max: 9 })
          .map((at) =>
            at > 2 ? (Object.assign({}, ...required.map(([name, param]) => known(name, param, at))) as Record<string, string>) : {},
          ),
        some,
        extra: fc.oneof({ weight: 9, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: fc.dictionary(nasty, nasty, { maxKeys: 1 }) }),
        format: fc.constantFrom('json', 'xml', undefined),
        caller: fc.constantFrom('root', 'root', 'root', 'root', 'root', 'redAdmin', 'red1', 'nobody'),
      });
    });

    const gc = (setFlagsFromString('--expose-gc'), runInNewContext('gc') as () => void);
    gc();
    const heapBefore = process.memoryUsage().heapUsed;
    const seen = new Map<number, number>();
    await fc.assert(
      fc.asyncProperty(fc.array(requestOf, { minLength: 20, maxLength: 20 }), async (requests) => {
        await Promise.all(
          requests.map(async ({ command, complete, some, extra, format, caller }) => {
            const client = caller === 'nobody' ? server.anonymous : tenants[caller as keyof Tenants].client;
            const { status, text } = await client.send('', {
              body: client.query({ ...extra, ...complete, ...(some as Record<string, string>), command, response: format }),
            });
            seen.set(status, (seen.get(status) ?? 0) + 1);
            const answer = read({ status, text });
            if (!expected.has(status)) throw new Error(`${command} by ${caller} gave ${status}: ${text.slice(0, 300)}`);
            if (status !== 200) expect(String(answer.body['errorcode'])).toBe(String(status));
          }),
        );
      }),
      { numRuns, seed, endOnFailure: true },
    );
    await expectHealthy();
    gc();
    expect((process.memoryUsage().heapUsed - heapBefore) / mib).toBeLessThan(64);
    // Not only refusals: some of what was sent is possible.
    for (const status of [200, 401, 431, 432]) expect(seen.get(status) ?? 0, `answers with ${status}`).toBeGreaterThan(5);
    expect([...seen.values()].reduce((sum, count) => sum + count, 0)).toBe(numRuns * 20);
  }, 60_000);
});
