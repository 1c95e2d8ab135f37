// Login sessions: opening, using, ending, guessing passwords (T17, T18, T21, T28).
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../../test/harness/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());
beforeEach(() => server.dataSource.query('DELETE FROM login_failure WHERE user_id <> 0'));

const md5 = (text: string) => createHash('md5').update(text).digest('hex');
let names = 0;

/** A user of its own account, so that tests do not meet. */
async function newUser(): Promise<{ id: string; username: string; account: string }> {
  const username = `user${(names += 1)}`;
  const { account } = (await server.admin.call('createAccount', {
    username,
    password: 'first-word',
    email: 'a@example.test',
    firstname: 'F',
    lastname: 'L',
  })) as {
    account: { id: string; user: { id: string }[] };
  };
  return { id: account.user[0]!.id, username, account: account.id };
}

interface Session {
  readonly cookie: string;
  readonly sessionkey: string;
  readonly setCookie: readonly string[];
}

const login = (params: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(server.url, { method: 'POST', body: new URLSearchParams({ command: 'login', response: 'json', ...params }), headers });

async function open(username: string, password = 'first-word', headers: Record<string, string> = {}): Promise<Session> {
  const response = await login({ username, password }, headers);
  expect(response.status).toBe(200);
  const { loginresponse } = (await response.json()) as { loginresponse: Record<string, string> };
  const setCookie = response.headers.getSetCookie();
  return { cookie: setCookie.map((cookie) => cookie.split(';')[0]).join('; '), sessionkey: loginresponse['sessionkey']!, setCookie };
}

function call(session: Session, command: string, params: Record<string, string> = {}, headers: Record<string, string> = {}) {
  const query = new URLSearchParams({ command, response: 'json', sessionkey: session.sessionkey, ...params });
  return fetch(`${server.url}?${query}`, { headers: { cookie: session.cookie, ...headers } });
}

const statusOf = async (response: Promise<Response>) => (await response).status;

describe('login', () => {
  it('answers flat, with the types that clients expect, and sets both cookies', async () => {
    const { username, id } = await newUser();
    const response = await login({ username, password: 'first-word', domain: '/' });
    const { loginresponse } = (await response.json()) as { loginresponse: Record<string, unknown> };
    expect(loginresponse).toMatchObject({
      username,
      userid: id,
      account: username,
      type: '0',
      registered: 'false',
      timeout: 1_800,
      firstname: 'F',
      lastname: 'L',
    });
    expect(loginresponse['sessionkey']).toMatch(/^[\w-]{27}$/);
    const cookies = response.headers.getSetCookie();
    expect(cookies[0]).toMatch(/^JSESSIONID=[\w-]{32}; Path=\/client; HttpOnly; SameSite=Lax$/);
    expect(cookies[1]).toBe(`sessionkey=${String(loginresponse['sessionkey'])}; Path=/client; HttpOnly; SameSite=Lax`);
  });

  it.each(['', '/', 'ROOT', '/ROOT/', 'root'])('takes "%s" for the domain ROOT', async (domain) => {
    const { username } = await newUser();
    expect(await statusOf(login({ username, password: 'first-word', domain }))).toBe(200);
  });

  it('takes the password plain or as MD5, and the domain by path or id', async () => {
    const domain = (await server.admin.call('createDomain', { name: 'sales_1' })) as { domain: { id: string } };
    await server.admin.call('createAccount', {
      username: 'eve',
      password: md5('first-word'),
      email: 'e@example.test',
      firstname: 'E',
      lastname: 'E',
      domainid: domain.domain.id,
    });
    for (const password of ['first-word', md5('first-word')]) {
      for (const where of [
        { domain: 'sales_1' },
        { domain: '/Sales_1/' },
        { domain: 'ROOT/sales_1' },
        { domainId: domain.domain.id },
        { domainid: domain.domain.id, domain: 'other' },
      ]) {
        expect(await statusOf(login({ username: 'eve', password, ...where }))).toBe(200);
      }
    }
    expect(await statusOf(login({ username: 'eve', password: 'first-word' }))).toBe(531);
    expect(await statusOf(login({ username: 'eve', password: 'first-word', domainid: 'x y' }))).toBe(401);
  });

  it('is refused by GET, and with one text whether the user exists or not', async () => {
    const { username } = await newUser();
    expect(await statusOf(fetch(`${server.url}?command=login&username=${username}&password=first`))).toBe(405);
    const texts: string[] = [];
    for (const name of [username, 'nobody9']) {
      const response = await login({ username: name, password: 'wrong' });
      expect(response.status).toBe(531);
      const { loginresponse } = (await response.json()) as { loginresponse: Record<string, unknown> };
      expect(loginresponse).not.toHaveProperty('cserrorcode');
      texts.push(String(loginresponse['errortext']).replace(name, '…'));
      expect(response.headers.getSetCookie()).toEqual([]);
    }
    expect(texts[0]).toBe(texts[1]);
    expect(texts[0]).toMatch(/after 10 wrong passwords in a row a user has to wait up to 15 minutes/);
  });

  it('writes an event and stores only hashes', async () => {
    const { username, id } = await newUser();
    const session = await open(username);
    const rows = await server.dataSource.query<{ idHash: string; keyHash: string }[]>(
      'SELECT id_hash AS idHash, key_hash AS keyHash FROM session',
    );
    for (const secret of session.setCookie.map((cookie) => cookie.split(/[=;]/)[1]!)) expect(JSON.stringify(rows)).not.toContain(secret);
    const events = await server.dataSource.query<unknown[]>("SELECT 1 FROM event WHERE type = 'USER.LOGIN' AND subject_uuid = ?", [id]);
    expect(events).toHaveLength(1);
  });
});

describe('a session', () => {
  it('needs its key in cookie and parameter, and ends when one is wrong', async () => {
    const { username } = await newUser();
    for (const broken of [{ sessionkey: '' }, { sessionkey: 'x' }, { cookie: 'sessionkey=x' }, { cookie: '' }]) {
      const session = await open(username);
      expect(await statusOf(call(session, 'listUsers'))).toBe(200);
      const [id, key] = session.cookie.split('; ');
      const cookie = broken.cookie === undefined ? session.cookie : [id, broken.cookie].filter(Boolean).join('; ');
      expect(key).toMatch(/^sessionkey=/);
      expect(await statusOf(call({ ...session, sessionkey: broken.sessionkey ?? session.sessionkey, cookie }, 'listUsers'))).toBe(401);
      expect(await statusOf(call(session, 'listUsers'))).toBe(401);
    }
  });

  it('without a command gets a 400', async () => {
    const { username } = await newUser();
    expect(await statusOf(call(await open(username), ''))).toBe(400);
  });

  it('is dropped by a new login, and by logout', async () => {
    const { username } = await newUser();
    const first = await open(username);
    const second = await open(username, 'first-word', { cookie: first.cookie });
    expect(await statusOf(call(first, 'listUsers'))).toBe(401);
    expect(await (await call(second, 'logout')).json()).toEqual({ logoutresponse: { description: 'success' } });
    expect(await statusOf(call(second, 'listUsers'))).toBe(401);
    expect(await statusOf(call(second, 'logout'))).toBe(200);
  });

  it('ends when nobody used it for half an hour', async () => {
    const { username } = await newUser();
    const session = await open(username);
    await server.dataSource.query('UPDATE session SET last_used_at = ? WHERE user_id = (SELECT id FROM user WHERE username = ?)', [
      new Date(Date.now() - 29 * 60_000),
      username,
    ]);
    expect(await statusOf(call(session, 'listUsers'))).toBe(200);
    const [row] = await server.dataSource.query<{ lastUsed: Date }[]>(
      'SELECT last_used_at AS lastUsed FROM session WHERE user_id = (SELECT id FROM user WHERE username = ?)',
      [username],
    );
    expect(Date.now() - row!.lastUsed.getTime()).toBeLessThan(60_000);
    await server.dataSource.query('UPDATE session SET last_used_at = ? WHERE user_id = (SELECT id FROM user WHERE username = ?)', [
      new Date(Date.now() - 31 * 60_000),
      username,
    ]);
    expect(await statusOf(call(session, 'listUsers'))).toBe(401);
  });

  it.each(['disableUser', 'lockUser', 'disableAccount', 'deleteUser'])('ends with %s, like the keys', async (command) => {
    const user = await newUser();
    const session = await open(user.username);
    const { userkeys } = (await server.admin.call('registerUserKeys', { id: user.id })) as {
      userkeys: { apikey: string; secretkey: string };
    };
    const client = server.as({ apiKey: userkeys.apikey, secretKey: userkeys.secretkey });
    expect(await client.list('listUsers')).toHaveLength(1);
    if (command === 'lockUser' || command === 'deleteUser') await server.admin.call(command, { id: user.id });
    else await server.admin.run(command, command === 'disableAccount' ? { id: user.account, lock: false } : { id: user.id });
    expect(await statusOf(call(session, 'listUsers'))).toBe(401);
    expect((await client.refused('listUsers')).code).toBe(401);
    expect(await statusOf(login({ username: user.username, password: 'first-word' }))).toBe(531);
  });

  it('survives the change of the own password, others do not', async () => {
    const { username, id } = await newUser();
    const [mine, other] = [await open(username), await open(username)];
    expect(await statusOf(call(mine, 'updateUser', { id, password: 'second-word' }))).toBe(431);
    expect(await statusOf(call(mine, 'updateUser', { id, password: 'second-word', currentpassword: 'wrong' }))).toBe(531);
    expect(await statusOf(call(mine, 'updateUser', { id, password: 'second-word', currentpassword: 'first-word' }))).toBe(200);
    expect(await statusOf(call(mine, 'listUsers'))).toBe(200);
    expect(await statusOf(call(other, 'listUsers'))).toBe(401);
    expect(await statusOf(login({ username, password: 'first-word' }))).toBe(531);
    expect(await statusOf(login({ username, password: 'second-word' }))).toBe(200);
  });
});

describe('sessions that nobody uses', () => {
  it('are swept out of the table by the next login', async () => {
    const { username } = await newUser();
    await open(username);
    const sessions = (when: string) =>
      server.dataSource.query<{ n: string }[]>(`SELECT COUNT(*) AS n FROM session WHERE last_used_at ${when}`);
    await server.dataSource.query("UPDATE session SET last_used_at = '2020-01-01'");
    expect(Number((await sessions("= '2020-01-01'"))[0]!.n)).toBeGreaterThan(0);
    await open(username);
    expect(Number((await sessions("= '2020-01-01'"))[0]!.n)).toBe(0);
    expect(Number((await sessions('IS NOT NULL'))[0]!.n)).toBe(1);
  });
});

describe('pages of other sites', () => {
  it.each([{ 'sec-fetch-site': 'cross-site' }, { origin: 'https://evil.example' }])('change nothing: %o', async (headers) => {
    const { username, id } = await newUser();
    const session = await open(username);
    expect(await statusOf(call(session, 'updateUser', { id, lastname: 'Pwned' }, headers))).toBe(531);
    expect(await statusOf(call({ ...session, sessionkey: '' }, 'listUsers', {}, headers))).toBe(401);
    expect(await statusOf(call(session, 'logout', {}, headers))).toBe(200);
    expect(await statusOf(login({ username, password: 'first-word' }, headers))).toBe(531);
    expect(await statusOf(call(session, 'listUsers'))).toBe(200);
    expect(await server.admin.list('listUsers', { id })).toMatchObject([{ lastname: 'L' }]);
  });
});

describe('guessing', () => {
  it('has to wait after ten wrong passwords, even for the right one, also in parallel', async () => {
    const { username } = await newUser();
    const statuses = await Promise.all(Array.from({ length: 14 }, () => statusOf(login({ username, password: 'wrong' }))));
    expect(new Set(statuses)).toEqual(new Set([531]));
    expect(await statusOf(login({ username, password: 'first-word' }))).toBe(531);
    const [row] = await server.dataSource.query<{ failures: number }[]>(
      'SELECT failures FROM login_failure WHERE user_id = (SELECT id FROM user WHERE username = ?)',
      [username],
    );
    expect(row).toEqual({ failures: 10 });
    await server.dataSource.query('UPDATE login_failure SET last_at = ? WHERE failures = 10', [new Date(Date.now() - 31_000)]);
    expect(await statusOf(login({ username, password: 'first-word' }))).toBe(200);
    expect(
      await server.dataSource.query('SELECT failures FROM login_failure WHERE user_id = (SELECT id FROM user WHERE username = ?)', [
        username,
      ]),
    ).toEqual([{ failures: 0 }]);
  });

  it('leaves no rows for names that nobody has', async () => {
    const count = () =>
      server.dataSource.query('SELECT (SELECT COUNT(*) FROM session) AS sessions, (SELECT COUNT(*) FROM login_failure) AS failures');
    const before: unknown = await count();
    await Promise.all(Array.from({ length: 20 }, (_, n) => login({ username: `ghost${n}`, password: 'x-password' })));
    for (let n = 0; n < 50; n += 1) await fetch(`${server.url}?command=listUsers`, { headers: { cookie: `JSESSIONID=${n}` } });
    expect(await count()).toEqual(before);
  });

  it('takes as long for names that nobody has', async () => {
    const { username } = await newUser();
    const times = new Map<string, number[]>([
      [username, []],
      ['nobody9', []],
    ]);
    for (let n = 0; n < 9; n += 1) {
      for (const [name, measured] of times) {
        const start = performance.now();
        await login({ username: name, password: 'wrong' });
        measured.push(performance.now() - start);
      }
    }
    // The quickest of each: what other work on the machine adds only makes some slower.
    const [known, unknown] = [...times.values()].map((measured) => Math.min(...measured)) as [number, number];
    expect(Math.max(known, unknown) / Math.min(known, unknown)).toBeLessThan(2);
  });
});
