// Every command of the registry: who is refused, which parameters are, and in what form it answers (X01, Q08, what must hold 7).
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { areas } from '../src/app.module.ts';
import { everyRole, type Role } from '../src/kernel/command/caller.ts';
import type { Command } from '../src/kernel/command/command.ts';
import { type ApiClient, type Body, type Params } from './harness/api-client.ts';
import { requiredParams, wrongValues } from './harness/parameter-samples.ts';
import { tableState } from './harness/table-state.ts';
import { createTenants, type Tenant } from './harness/tenants.ts';
import { startTestServer, type TestServer } from './harness/test-server.ts';
import { parseXml, treeOfJson } from './harness/xml-tree.ts';

const commands = areas.flatMap((area) => area.commands);
const each = commands.map((command) => [command.name, command] as const);

let server: TestServer;
let byRole: Readonly<Record<Role, Tenant>>;
beforeAll(async () => {
  server = await startTestServer();
  const tenants = await createTenants(server);
  byRole = { Admin: tenants.root, ResourceAdmin: tenants.redResourceAdmin, DomainAdmin: tenants.redAdmin, User: tenants.red1 };
});
afterAll(() => server.stop());

interface Answer {
  readonly status: number;
  readonly envelope: string;
  readonly body: Body;
}

/** By POST, so that nothing is too long for a request line; the form of the answer is checked on the way. */
async function ask(client: ApiClient, command: string, params: Params = {}): Promise<Answer> {
  const { status, text, headers } = await client.send('', { body: client.query({ command, response: 'json', ...params }) });
  expect(headers['content-type']).toBe('application/json; charset=UTF-8');
  const entries = Object.entries(JSON.parse(text) as Record<string, Body>);
  expect(entries, `top-level keys of ${command}`).toHaveLength(1);
  const [envelope, body] = entries[0]!;
  if (status !== 200) expect(body['errorcode']).toBe(status);
  return { status, envelope, body };
}

async function askXml(
  client: ApiClient,
  command: string,
  params: Params = {},
): Promise<{ status: number; root: ReturnType<typeof parseXml> }> {
  const { status, text, headers } = await client.send('', { body: client.query({ command, ...params }) });
  expect(headers['content-type']).toBe('text/xml; charset=UTF-8');
  return { status, root: parseXml(text) };
}

/** The first role that may call it. */
const callerOf = (command: Command): Tenant =>
  byRole[command.roles === 'anyone' ? 'Admin' : everyRole.find((role) => command.roles.includes(role))!];

it('there are commands to walk, and of each kind', () => {
  expect(commands.length).toBeGreaterThan(100);
  expect(
    commands
      .filter(({ roles }) => roles === 'anyone')
      .map(({ name }) => name)
      .sort(),
  ).toEqual(['forgotPassword', 'listGuiThemes', 'listIdps', 'listOauthProvider', 'login', 'logout'].sort());
});

describe('without credentials', () => {
  it.each(each)('%s answers 401 in JSON and XML, unless it is open to anyone', async (name, command) => {
    const before = await tableState(server.dataSource);
    const json = await ask(server.anonymous, name);
    const xml = await askXml(server.anonymous, name);
    expect(xml.status).toBe(json.status);
    expect(xml.root).toEqual(treeOfJson(json.envelope, json.body));
    if (command.roles === 'anyone') expect(json.status).not.toBe(401);
    else {
      expect(json).toMatchObject({
        status: 401,
        envelope: command.envelope,
        body: { errortext: 'unable to verify user credentials and/or request signature' },
      });
      expect(await tableState(server.dataSource)).toEqual(before);
    }
  });
});

describe('a role that a command does not list', () => {
  it.each(each.filter(([, { roles }]) => roles !== 'anyone' && roles.length < everyRole.length))(
    'gets 432 from %s, as from a command that does not exist',
    async (name, command) => {
      const before = await tableState(server.dataSource);
      for (const role of everyRole) {
        if (command.roles.includes(role)) continue;
        const { client } = byRole[role];
        const { status, envelope, body } = await ask(client, name, requiredParams(command, role));
        const unknown = await ask(client, 'noSuchCommand');
        expect({ status, envelope, text: body['errortext'] }).toEqual({
          status: 432,
          envelope: 'errorresponse',
          text: String(unknown.body['errortext']).replace('noSuchCommand', name),
        });
        expect((await askXml(client, name)).root).toEqual(treeOfJson('errorresponse', body));
      }
      expect(await tableState(server.dataSource)).toEqual(before);
    },
  );
});

describe('a required parameter', () => {
  const cases = commands.flatMap((command) =>
    Object.entries(command.params)
      .filter(([, { required }]) => required)
      .map(([name, param]) => [command.name, name, command, param] as const),
  );
  it.each(cases)('of %s, %s, is named when it is missing', async (commandName, name, command, param) => {
    const before = await tableState(server.dataSource);
    for (const role of everyRole) {
      if ((command.roles !== 'anyone' && !command.roles.includes(role)) || (param.roles && !param.roles.includes(role))) continue;
      const sent = requiredParams(command, role, name);
      const { status, envelope, body } = await ask(byRole[role].client, commandName, sent);
      const text = `Unable to execute API command ${commandName.toLowerCase()} due to missing parameter ${name}`;
      expect({ status, envelope, body }).toMatchObject({
        status: 431,
        envelope: command.envelope,
        body: { errortext: expect.stringContaining(text) as string },
      });
      // Empty is missing too, except for text whose emptiness means something.
      if (param.type !== 'map' && param.type !== 'string')
        expect((await ask(byRole[role].client, commandName, { ...sent, [name]: '' })).status).toBe(431);
    }
    expect(await tableState(server.dataSource)).toEqual(before);
  });
});

describe('a value of a wrong type', () => {
  it.each(each.filter(([, { params }]) => Object.keys(params).length > 0))(
    'is refused by %s for each parameter, and changes nothing',
    async (commandName, command) => {
      const before = await tableState(server.dataSource);
      for (const [name, param] of Object.entries(command.params)) {
        const caller = param.roles ? byRole[param.roles[0]!] : callerOf(command);
        const others = requiredParams(command, caller.role, name);
        const answers = await Promise.all(
          wrongValues(name, param).map(async (wrong) => ({
            wrong,
            answer: await ask(caller.client, commandName, { ...others, ...wrong }),
          })),
        );
        for (const { wrong, answer } of answers) {
          const sent = JSON.stringify(wrong).slice(0, 80);
          expect([430, 431], `${name} took ${sent}`).toContain(answer.status);
          expect(answer.envelope).toBe(command.envelope);
          expect(String(answer.body['errortext']), sent).toContain(name);
          expect(String(answer.body['errortext']), sent).not.toContain('missing parameter');
        }
      }
      expect(await tableState(server.dataSource)).toEqual(before);
    },
  );
});

describe('listApis', () => {
  const typeOf = (item: Body) => [item['name'], item['type'], item['required'], item['description'], item['length']];

  it.each(everyRole)('tells %s of exactly its commands and parameters', async (role) => {
    const { body } = await ask(byRole[role].client, 'listApis');
    const told = body['api'] as Body[];
    const mine = commands.filter(({ roles }) => roles === 'anyone' || roles.includes(role));
    expect(body['count']).toBe(mine.length);
    expect(new Set(told.map(({ name }) => name))).toEqual(new Set(mine.map(({ name }) => name)));
    for (const command of mine) {
      const api = told.find(({ name }) => name === command.name)!;
      expect(api).toMatchObject({ description: command.about, isasync: command.async === true, since: command.since });
      const params = Object.entries(command.params).filter(([, { roles }]) => !roles || roles.includes(role));
      expect((api['params'] as Body[]).map(typeOf), command.name).toEqual(
        params.map(([name, param]) => [name, param.type, param.required ?? false, param.about, param.maxLength]),
      );
    }
  });

  it('tells of one command, and not of one of another role', async () => {
    expect((await ask(byRole.User.client, 'listApis', { name: 'deployVirtualMachine' })).body['count']).toBe(1);
    expect((await ask(byRole.User.client, 'listApis', { name: 'addHost' })).status).toBe(431);
  });
});

describe('a list', () => {
  const lists = each.filter(([, { returns }]) => 'kind' in returns && returns.kind === 'page');

  it.each(lists)('%s keeps to its pages: none beyond the last, page needs pagesize, nothing found is no rows', async (name, command) => {
    const caller = callerOf(command);
    const given = requiredParams(command, caller.role);
    for (const wrong of [{ page: 1 }, { pagesize: 10 }, { page: 1, pagesize: 501 }, { page: -1, pagesize: 1 }, { page: 1, pagesize: 0 }]) {
      expect((await ask(caller.client, name, { ...given, ...wrong })).status, JSON.stringify(wrong)).toBe(431);
    }
    const none = await ask(caller.client, name, { ...given, keyword: 'nothing-is-called-this', page: 1, pagesize: 1 });
    const beyond = await ask(caller.client, name, { ...given, page: 1_000_000, pagesize: 500 });
    const xml = await askXml(caller.client, name, { ...given, page: 1_000_000, pagesize: 500 });
    const needsSubject = Object.values(command.params).some(({ required, ref }) => required && ref);
    if (needsSubject) return expect(none.status).toBe(431);
    expect(none.status).toBe(200);
    if (none.body['count'] === undefined) expect(none.body).toEqual({});
    expect(Object.keys(beyond.body).filter((key) => key !== 'count')).toEqual([]);
    expect(xml.root).toEqual(treeOfJson(beyond.envelope, beyond.body));
  });

  it.each(lists.filter(([, { roles, params }]) => roles !== 'anyone' && !Object.values(params).some(({ required }) => required)))(
    '%s is answered to each role that it names',
    async (name, command) => {
      for (const role of everyRole) {
        if (!command.roles.includes(role)) continue;
        // Settings that hold everywhere are for root administrators; others name whose they mean.
        const params = name === 'listConfigurations' && role !== 'Admin' ? { accountid: byRole[role].accountId } : {};
        expect((await ask(byRole[role].client, name, params)).status).toBe(200);
      }
    },
  );
});
