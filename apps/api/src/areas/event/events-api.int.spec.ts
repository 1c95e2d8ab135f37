// Events and alerts as clients see and put away.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../../test/harness/test-server.ts';
import { AlertStore } from '../../kernel/events/alert-store.ts';
import { systemClock } from '../../kernel/clock.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await server.admin.call('createZone', { name: 'z', networktype: 'Basic', dns1: '8.8.8.8', internaldns1: '10.0.0.2' });
});
afterAll(() => server.stop());

it('lists the types of events, among them all that it has written', async () => {
  await server.anonymous.send('command=login&username=admin&password=password&response=json', { method: 'POST', body: '' });
  const types = (await server.admin.list('listEventTypes')).map(({ name }) => String(name));
  for (const type of types) expect(type).toMatch(/^[A-Z]+(\.[A-Z]+)+$/);
  const written = await server.dataSource.query<{ type: string }[]>('SELECT DISTINCT type FROM event ORDER BY type');
  expect(written.map(({ type }) => type)).toEqual(expect.arrayContaining(['USER.LOGIN', 'ZONE.CREATE']));
  expect(types).toEqual(expect.arrayContaining(written.map(({ type }) => type)));
});

it('filters events and archives and deletes them within the scope named', async () => {
  const [created] = await server.admin.list('listEvents', { type: 'ZONE.CREATE' });
  expect(created).toMatchObject({ state: 'Completed', level: 'INFO', account: 'admin', domain: 'ROOT', archived: false });
  const id = String(created!['id']);
  expect(await server.admin.list('listEvents', { id })).toHaveLength(1);
  expect(await server.admin.list('listEvents', { type: 'ZONE.CREATE', enddate: '2000-01-01' })).toEqual([]);
  expect(await server.admin.refused('archiveEvents')).toMatchObject({ code: 431 });
  await server.admin.call('archiveEvents', { ids: id });
  expect(await server.admin.list('listEvents', { type: 'ZONE.CREATE' })).toEqual([]);
  expect(await server.admin.list('listEvents', { type: 'ZONE.CREATE', archived: true })).toHaveLength(1);
  await server.admin.call('deleteEvents', { type: 'ZONE.CREATE' });
  expect(await server.admin.list('listEvents', { type: 'ZONE.CREATE', archived: true })).toEqual([]);
});

it('E02 raises one alert per cause and clears it when it is over', async () => {
  const alerts = new AlertStore(server.dataSource.manager, systemClock);
  const draft = { type: 'ALERT.HOST', subject: 'host h1 does not answer', content: 'since noon', cause: 'host.down:1' };
  await alerts.raise(draft);
  await alerts.raise({ ...draft, content: 'since one' });
  const listed = await server.admin.list('listAlerts', { type: '7' });
  expect(listed).toMatchObject([{ name: 'ALERT.HOST', type: 7, description: 'host h1 does not answer: since one' }]);
  await alerts.clear('host.down:1');
  await alerts.raise(draft);
  expect(await server.admin.list('listAlerts', { name: 'ALERT.HOST' })).toHaveLength(2);
  await server.admin.call('archiveAlerts', { ids: String(listed[0]!['id']) });
  expect(await server.admin.list('listAlerts', { name: 'ALERT.HOST' })).toHaveLength(1);
  await server.admin.call('deleteAlerts', { type: 'ALERT.HOST' });
  expect(await server.admin.list('listAlerts', { name: 'ALERT.HOST' })).toEqual([]);
});
