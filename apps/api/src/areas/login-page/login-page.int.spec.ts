// What login pages ask without a session.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../../test/harness/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

it.each([
  ['listGuiThemes', {}],
  ['listIdps', {}],
  ['listOauthProvider', {}],
  ['forgotPassword', { enabled: false }],
])('%s answers anyone', async (command, body) => {
  expect(await server.anonymous.call(command)).toEqual(body);
});

it.each(['listLdapConfigurations', 'listProjects', 'listSwifts'])('%s answers those who are logged in', async (command) => {
  expect(await server.admin.call(command)).toEqual({});
  expect((await server.anonymous.refused(command)).code).toBe(401);
});

it('listLdapConfigurations has an envelope of its own', async () => {
  const { text } = await server.admin.send(server.admin.query({ command: 'listLdapConfigurations', response: 'json' }));
  expect(text).toBe('{"ldapconfigurationresponse":{}}');
});
