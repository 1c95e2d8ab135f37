// X07, T06: secrets planted through every door stand in no table in clear, in no line of the log and in no answer.
import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLog } from '../src/kernel/log/log.ts';
import type { ApiClient, Params } from './harness/api-client.ts';
import { type Cloud, startCloud } from './harness/cloud.ts';

const lines: string[] = [];
const answers: string[] = [];
const planted = new Map<string, string>();
let cloud: Cloud;

/** A secret that stands nowhere else. */
function plant(what: string, value = `Canary${randomBytes(12).toString('hex')}`): string {
  planted.set(what, value);
  return value;
}

const md5 = (text: string) => createHash('md5').update(text).digest('hex');

/** How a value could have been written down; the middle of its base64, whatever stands before it. */
function formsOf(value: string): readonly string[] {
  const inBase64 = [0, 1, 2].map((shift) =>
    Buffer.from(`${' '.repeat(shift)}${value}`)
      .toString('base64')
      .slice(4, -4),
  );
  return [value, md5(value), Buffer.from(value).toString('hex'), encodeURIComponent(value), ...inBase64].map((form) => form.toLowerCase());
}

function found(text: string): string[] {
  const haystack = text.toLowerCase();
  return [...planted].filter(([, value]) => formsOf(value).some((form) => haystack.includes(form))).map(([what]) => what);
}

async function dump(database: DataSource): Promise<Map<string, string>> {
  const tables = (await database.query<Record<string, string>[]>('SHOW TABLES')).map((row) => Object.values(row)[0]!);
  const texts = new Map<string, string>();
  for (const table of tables) {
    const rows = await database.query<Record<string, unknown>[]>(`SELECT * FROM \`${table}\``);
    const values = rows.flatMap(Object.values).map((value) => (Buffer.isBuffer(value) ? value.toString('latin1') : JSON.stringify(value)));
    texts.set(table, values.join('\n'));
  }
  return texts;
}

function files(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

/** Whatever comes of it: what is answered must not hold the secret either. */
async function send(client: ApiClient, command: string, params: Params): Promise<void> {
  const { text } = await client.send(client.query({ command, response: 'json', ...params }));
  answers.push(text);
}

const person = { email: 'a@example.test', firstname: 'F', lastname: 'L' };

beforeAll(async () => {
  const log = createLog('debug', { write: (line: string) => void lines.push(line) });
  cloud = await startCloud({ log });
  const { server, zone } = cloud;
  const { admin } = server;
  const post = (body: Record<string, string>, headers: Record<string, string> = {}) =>
    fetch(server.url, { method: 'POST', body: new URLSearchParams({ response: 'json', ...body }), headers });

  const password = plant('password of a user');
  await admin.call('createAccount', { ...person, username: 'planted', password });
  const login = await post({ command: 'login', username: 'planted', password });
  const cookies = login.headers.getSetCookie().map((cookie) => cookie.split(';')[0]!);
  expect(cookies).toHaveLength(2);
  for (const cookie of cookies) plant(`cookie ${cookie.split('=')[0]}`, decodeURIComponent(cookie.slice(cookie.indexOf('=') + 1)));
  const { loginresponse } = (await login.json()) as { loginresponse: { userid: string; sessionkey: string } };
  const inSession = { cookie: cookies.join('; ') };
  await post({ command: 'listZones', sessionkey: loginresponse.sessionkey }, inSession);

  await send(server.anonymous, 'login', { username: 'planted', password: plant('password in a query string') });
  await post({ command: 'login', username: 'planted', password: plant('wrong password') });
  await post({ command: 'login', username: 'nobody', password: plant('password of nobody') });
  const changed = plant('changed password');
  await post(
    { command: 'updateUser', id: loginresponse.userid, currentpassword: password, password: changed, sessionkey: loginresponse.sessionkey },
    inSession,
  );
  await send(admin, 'updateUser', { id: loginresponse.userid, password: plant('password by md5').padEnd(400, 'x') });
  await send(admin, 'createUser', {
    ...person,
    username: 'planted',
    account: 'planted',
    password: plant('password of a name that is taken'),
  });
  await send(admin, 'createUser', { ...person, username: 'later', account: 'planted', pasword: plant('password under a misspelt name') });

  const { userkeys } = (await admin.call('registerUserKeys', { id: loginresponse.userid })) as { userkeys: Record<string, string> };
  plant('secret key', userkeys['secretkey']);
  const planter = server.as({ apiKey: userkeys['apikey']!, secretKey: userkeys['secretkey']! });
  const signed = planter.query({ command: 'listZones', response: 'json' });
  plant('signature', decodeURIComponent(/signature=([^&]+)/.exec(signed)![1]!));
  expect((await planter.send(signed)).status).toBe(200);
  await send(planter, 'createZone', { name: 'not mine', networktype: 'Basic' });

  const host = { zoneid: zone.zoneId, podid: zone.podId, clusterid: zone.clusterId, hypervisor: 'Simulator', username: 'root' };
  await send(admin, 'addHost', { ...host, url: 'http://sim-90.rack.test', password: plant('password of a host') });
  await send(admin, 'addHost', { ...host, url: 'http://sim-91-silent.rack.test', password: plant('password of a silent host') });
  await send(admin, 'addHost', { ...host, url: 'http://sim-92.rack.test', password: plant('password with a wrong name'), username: 'a b' });
  await send(admin, 'addHost', { ...host, url: `http://root:${plant('password in a URL')}@sim-93.rack.test` });
  const examination = await admin.call('runDoctor', { host: 'sim-94.rack.test', password: plant('password for the doctor') });
  await admin.result(String(examination['jobid'])).catch(() => undefined);

  const userdata = plant('user data');
  const vm = await cloud.deploy({ name: 'planted', userdata: Buffer.from(`#cloud-config\npassword: ${userdata}\n`).toString('base64') });
  const later = Buffer.from(plant('changed user data')).toString('base64');
  await admin.call('updateVirtualMachine', { id: String(vm['id']), userdata: later });
  await send(admin, 'updateVirtualMachine', { id: String(vm['id']), userdata: `${plant('user data that is no base64')}!` });
  const told = await admin.call('getVirtualMachineUserData', { virtualmachineid: String(vm['id']) });
  expect(told).toMatchObject({ virtualmachineuserdata: { userdata: later } });
  await send(admin, 'updateConfiguration', { name: 'no.such.setting', value: plant('value of a setting') });

  for (const command of [
    'listEvents',
    'listAlerts',
    'listAsyncJobs',
    'listUsers',
    'listHosts',
    'listVirtualMachines',
    'listConfigurations',
  ])
    await send(admin, command, { listall: true });
}, 120_000);
afterAll(() => cloud.stop());

describe('a planted secret', () => {
  it('would be found: names and addresses are', async () => {
    const text = [...(await dump(cloud.server.dataSource)).values()].join('\n');
    expect(text).toContain('"planted"');
    expect(text).toContain('sim-90.rack.test');
    expect(lines.join('')).toContain('refused a login');
    expect(lines.join('')).toContain('refused a request');
    expect(found(Buffer.from(`what is before: ${planted.get('user data')} and after`).toString('base64'))).toEqual(['user data']);
  });

  it('stands in no table', async () => {
    const leaks = [...(await dump(cloud.server.dataSource))].flatMap(([table, text]) => found(text).map((what) => `${what} in ${table}`));
    expect(leaks).toEqual([]);
  });

  it('stands in no line of the log', () => {
    expect(lines.filter((line) => found(line).length > 0)).toEqual([]);
  });

  it('stands in no answer', () => {
    expect(answers.filter((answer) => found(answer).length > 0)).toEqual([]);
  });

  it('stands in no file of the data folder', () => {
    const { dataFolder } = cloud.server.config;
    expect(files(dataFolder).filter((path) => found(readFileSync(path, 'latin1')).length > 0)).toEqual([]);
  });

  it('stays what it was for who may use it', async () => {
    const login = (password: string) =>
      fetch(cloud.server.url, { method: 'POST', body: new URLSearchParams({ command: 'login', username: 'planted', password }) });
    expect((await login(planted.get('changed password')!)).status).toBe(200);
    expect((await login(planted.get('password of a user')!)).status).toBe(531);
  });
});
