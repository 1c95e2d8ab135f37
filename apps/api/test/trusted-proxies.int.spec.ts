// T20: what a proxy says about its client counts only when the proxy is trusted.
import { afterEach, expect, it } from 'vitest';
import { startTestServer, type TestServer } from './harness/test-server.ts';

let server: TestServer;
afterEach(() => server.stop());

/** @returns what the audit says of where the login came from */
async function loggedInFrom(trustedProxies: readonly string[], forwardedFor: string): Promise<{ event: string; isSecureCookie: boolean }> {
  server = await startTestServer({ trustedProxies });
  const someone = { username: 'someone', password: 'first-word', email: 'a@example.test', firstname: 'F', lastname: 'L' };
  await server.admin.call('createAccount', { ...someone });
  const response = await fetch(server.url, {
    method: 'POST',
    body: new URLSearchParams({ command: 'login', response: 'json', username: 'someone', password: 'first-word' }),
    headers: { 'x-forwarded-for': forwardedFor, 'x-forwarded-proto': 'https' },
  });
  expect(response.status).toBe(200);
  const [event] = await server.admin.list('listEvents', { type: 'USER.LOGIN', listall: true });
  return {
    event: String(event!['description']),
    isSecureCookie: response.headers.getSetCookie().every((cookie) => /; *secure/i.test(cookie)),
  };
}

it('believes nobody by default', async () => {
  expect(await loggedInFrom([], '192.0.2.7')).toEqual({
    event: expect.stringMatching(/ from 127\.0\.0\.1$/) as string,
    isSecureCookie: false,
  });
});

it('believes the proxies it was told of, and only what they have seen themselves', async () => {
  expect(await loggedInFrom(['127.0.0.1'], '198.51.100.9, 192.0.2.7')).toEqual({
    event: expect.stringMatching(/ from 192\.0\.2\.7$/) as string,
    isSecureCookie: true,
  });
});
