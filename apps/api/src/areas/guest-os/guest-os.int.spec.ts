// OS types and families as clients look for them.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../../test/harness/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server?.stop());

it('finds OS types by family, name and keyword', async () => {
  const { admin } = server;
  const families = await admin.list('listOsCategories');
  const debian = families.find(({ name }) => name === 'Debian')!;
  expect(debian).toMatchObject({ isfeatured: true });
  expect(await admin.list('listOsCategories', { name: 'Debian' })).toEqual([debian]);
  const types = await admin.list('listOsTypes', { oscategoryid: String(debian['id']) });
  expect(types.map(({ description }) => description)).toContain('Debian GNU/Linux 13 (64-bit)');
  for (const type of types) expect(type).toMatchObject({ oscategoryid: debian['id'], oscategoryname: 'Debian', isuserdefined: false });
  const [other] = await admin.list('listOsTypes', { description: 'Other Linux (64-bit)' });
  expect(await admin.list('listOsTypes', { id: String(other!['id']) })).toEqual([other]);
  expect(await admin.list('listOsTypes', { keyword: 'Rocky' })).toHaveLength(3);
  expect((await admin.refused('listOsTypes', { id: 'windows' })).text).toContain('Invalid parameter id value=windows');
});
