// logout leaves an audit event of whose session ended; a logout of nobody leaves none.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../../test/harness/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const logouts = () => server.admin.list('listEvents', { type: 'USER.LOGOUT', listall: true });
const logout = (cookie: string, headers: Record<string, string> = {}) =>
  fetch(`${server.url}?command=logout&response=json`, { headers: { cookie, ...headers } });

it('is told once, with the user and where the request came from', async () => {
  const someone = { username: 'someone', password: 'first-word', email: 'a@example.test', firstname: 'F', lastname: 'L' };
  await server.admin.call('createAccount', { ...someone });
  const login = await fetch(server.url, {
    method: 'POST',
    body: new URLSearchParams({ command: 'login', username: 'someone', password: 'first-word' }),
  });
  const cookie = login.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  await logout(cookie, { 'sec-fetch-site': 'cross-site' });
  expect(await logouts()).toEqual([]);
  expect((await logout(cookie)).status).toBe(200);
  const events = await logouts();
  expect(events).toEqual([
    expect.objectContaining({
      username: 'someone',
      account: 'someone',
      level: 'INFO',
      state: 'Completed',
      description: 'user someone logged out from 127.0.0.1',
    }),
  ]);
  expect((await logout(cookie)).status).toBe(200);
  expect((await logout('')).status).toBe(200);
  expect(await logouts()).toEqual(events);
  expect((await server.admin.list('listEventTypes')).map(({ name }) => name)).toContain('USER.LOGOUT');
});
