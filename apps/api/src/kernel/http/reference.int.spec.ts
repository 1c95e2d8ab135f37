// CS-68: the product shows its own API reference.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../../test/harness/test-server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(async () => server.stop());

const get = async (path: string) => fetch(new URL(path, server.url));

it('lists every command and shows each with its parameters and answer, without credentials', async () => {
  const index = await (await get('/client/docs/api')).text();
  for (const { name } of server.registry.commands) expect(index).toContain(`href="/client/docs/api/${name}"`);
  const deploy = await get('/client/docs/api/deployVirtualMachine');
  expect(deploy.status).toBe(200);
  const text = await deploy.text();
  expect(text).toContain('<code>serviceofferingid</code>');
  expect(text).toContain('<code>nic[].ipaddress</code>');
});

it('lets pages load and run nothing', async () => {
  const { headers } = await get('/client/docs/api');
  expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(headers.get('x-content-type-options')).toBe('nosniff');
});

it.each(['nothing', '<script>', '__proto__', '%00'])('answers 404 for the command %s', async (name) => {
  expect((await get(`/client/docs/api/${encodeURIComponent(name)}`)).status).toBe(404);
});
