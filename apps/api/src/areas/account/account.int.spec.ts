// Domains, accounts, users and keys: their commands, and what they refuse.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiClient, Params } from '../../../test/harness/api-client.ts';
import { startTestServer, type TestServer } from '../../../test/harness/test-server.ts';

let server: TestServer;
let admin: ApiClient;
beforeAll(async () => {
  server = await startTestServer();
  admin = server.admin;
});
afterAll(() => server.stop());

interface Row {
  readonly id: string;
  readonly name: string;
  readonly path: string;
  readonly state: string;
  readonly user: readonly { readonly id: string }[];
  readonly [field: string]: unknown;
}

const person = { password: 'secret-word', email: 'a@example.test', firstname: 'F', lastname: 'L' };
const object = async (client: ApiClient, command: string, params: Params) => Object.values(await client.call(command, params))[0] as Row;
const newDomain = (name: string, parentdomainid?: string) => object(admin, 'createDomain', { name, parentdomainid });
const newAccount = (username: string, params: Params = {}, client = admin) =>
  object(client, 'createAccount', { username, ...person, ...params });
const listed = async (client: ApiClient, command: string, params: Params = {}) => (await client.list(command, params)) as unknown as Row[];
const someone = '00000000-0000-4000-8000-000000000009';

async function clientOf(account: Row): Promise<ApiClient> {
  const keys = await object(admin, 'registerUserKeys', { id: account.user[0]!.id });
  return server.as({ apiKey: String(keys['apikey']), secretKey: String(keys['secretkey']) });
}

describe('domains', () => {
  it('make a tree with paths', async () => {
    const top = await newDomain('tree');
    const leaf = await newDomain('leaf', top.id);
    expect(top).toMatchObject({ name: 'tree', level: 1, parentdomainname: 'ROOT', path: 'ROOT/tree', haschild: false, state: 'Active' });
    expect(leaf).toMatchObject({ level: 2, parentdomainid: top.id, path: 'ROOT/tree/leaf' });
    expect(await listed(admin, 'listDomains', { id: top.id })).toMatchObject([{ haschild: true }]);
    expect(await listed(admin, 'listDomains', { name: 'leaf', level: 2 })).toMatchObject([{ id: leaf.id }]);
    expect(await listed(admin, 'listDomainChildren', { id: top.id })).toMatchObject([{ id: leaf.id }]);
    const below = await listed(admin, 'listDomainChildren', { isrecursive: true });
    expect(below.map(({ name }) => name)).toEqual(expect.arrayContaining(['tree', 'leaf']));
    expect(below.map(({ name }) => name)).not.toContain('ROOT');
  });

  it('take their subtree along when they get a new name', async () => {
    const top = await newDomain('old%🙂name');
    const leaf = await newDomain('leaf', top.id);
    const bystander = await newDomain('old-name', top.id);
    await admin.call('updateDomain', { id: top.id, name: 'new', networkdomain: 'new.example' });
    expect(await listed(admin, 'listDomains', { id: leaf.id })).toMatchObject([{ path: 'ROOT/new/leaf', parentdomainname: 'new' }]);
    expect(await listed(admin, 'listDomains', { id: bystander.id })).toMatchObject([{ path: 'ROOT/new/old-name' }]);
    expect(await listed(admin, 'listDomains', { id: top.id })).toMatchObject([{ networkdomain: 'new.example' }]);
  });

  it('refuse names that are taken or can not be, and paths that get too long', async () => {
    const top = await newDomain('names');
    await newDomain('taken', top.id);
    for (const params of [
      { name: 'taken' },
      { name: 'TAKEN' },
      { name: 'a/b' },
      { name: ' ' },
      { name: 'root' },
      { name: 'x'.repeat(101) },
      { name: 'ok', domainid: top.id },
      { name: 'ok', domainid: '7' },
    ]) {
      expect((await admin.refused('createDomain', { ...params, parentdomainid: top.id })).code, JSON.stringify(params)).toBe(431);
    }
    expect((await admin.refused('createDomain', { name: 'x', parentdomainid: someone })).code).toBe(431);
    const [root] = await listed(admin, 'listDomains', { level: 0 });
    expect((await admin.refused('updateDomain', { id: root!.id, name: 'other' })).code).toBe(531);
    let deep = top.id;
    for (let n = 0; n < 6; n += 1) deep = (await newDomain('d'.repeat(100), deep)).id;
    expect((await admin.refused('createDomain', { name: 'd'.repeat(100), parentdomainid: deep })).text).toMatch(/at most 700/);
    expect((await admin.refused('updateDomain', { id: top.id, name: 'n'.repeat(100) })).text).toMatch(/more than 700/);
    expect(await listed(admin, 'listDomains', { id: top.id })).toMatchObject([{ name: 'names', path: 'ROOT/names' }]);
  });

  it('are deleted when empty, or with cleanup', async () => {
    const top = await newDomain('gone');
    const leaf = await newDomain('leaf', top.id);
    const account = await newAccount('gone1', { domainid: leaf.id });
    const client = await clientOf(account);
    expect(await admin.refused('deleteDomain', { id: top.id })).toMatchObject({
      code: 536,
      text: expect.stringContaining('1 accounts and 1 domains') as string,
    });
    expect(await admin.run('deleteDomain', { id: top.id, cleanup: true })).toEqual({ success: true });
    expect(await listed(admin, 'listDomains', { name: 'gone' })).toEqual([]);
    expect(await listed(admin, 'listAccounts', { name: 'gone1', listall: true })).toEqual([]);
    expect((await client.refused('listUsers')).code).toBe(401);
    const [root] = await listed(admin, 'listDomains', { level: 0 });
    expect((await admin.refused('deleteDomain', { id: root!.id, cleanup: true })).code).toBe(531);
  });
});

describe('accounts', () => {
  it('come with a user', async () => {
    const domain = await newDomain('acc');
    const account = await newAccount('ann', { domainid: domain.id, timezone: 'europe/berlin', networkdomain: 'ann.example' });
    expect(account).toMatchObject({
      name: 'ann',
      accounttype: 0,
      roletype: 'User',
      domain: 'acc',
      domainpath: 'ROOT/acc',
      state: 'enabled',
      networkdomain: 'ann.example',
      isdefault: false,
    });
    expect(account.user).toMatchObject([
      { username: 'ann', account: 'ann', accountid: account.id, timezone: 'Europe/Berlin', email: 'a@example.test', usersource: 'native' },
    ]);
    expect(JSON.stringify(account)).not.toMatch(/secret|argon2/);
    expect(await listed(admin, 'listAccounts', { domainid: domain.id })).toMatchObject([{ id: account.id }]);
    expect(await listed(admin, 'listAccounts', { accounttype: 2, domainid: domain.id })).toEqual([]);
    expect(await listed(admin, 'listAccounts', { keyword: 'nn', state: 'ENABLED', listall: true })).toMatchObject([{ id: account.id }]);
  });

  it('take the role that was asked for', async () => {
    const domain = await newDomain('roles');
    const roles = await listed(admin, 'listRoles');
    expect(roles.map(({ name }) => name)).toEqual(['Root Admin', 'Resource Admin', 'Domain Admin', 'User']);
    for (const role of roles.filter(({ name }) => name !== 'Root Admin')) {
      expect(await newAccount(`r-${String(role['type'])}`, { roleid: role.id, domainid: domain.id })).toMatchObject({
        roleid: role.id,
        rolename: role.name,
      });
    }
    expect(await newAccount('second-root', { accounttype: 1 })).toMatchObject({ accounttype: 1, roletype: 'Admin' });
    expect((await admin.refused('createAccount', { username: 'r2', ...person, accounttype: 1, domainid: domain.id })).code).toBe(431);
    expect((await admin.refused('createAccount', { username: 'r2', ...person, accounttype: 9 })).code).toBe(431);
    expect((await admin.refused('createAccount', { username: 'r2', ...person, roleid: someone })).code).toBe(431);
  });

  it('refuse names that are taken or can not be', async () => {
    await newAccount('dup');
    for (const params of [
      { username: 'dup' },
      { username: 'dup2', account: 'DUP' },
      { username: 'a b' },
      { username: '' },
      { username: '../x' },
      { username: 'z', timezone: 'Mars' },
      { username: 'z', accountid: '-1' },
    ]) {
      expect((await admin.refused('createAccount', { ...person, ...params })).code, JSON.stringify(params)).toBe(431);
    }
    expect(await listed(admin, 'listAccounts', { name: 'dup2', listall: true })).toEqual([]);
  });

  it('are renamed, locked, disabled and enabled again', async () => {
    const domain = await newDomain('states');
    const account = await newAccount('bob', { domainid: domain.id });
    expect(await object(admin, 'updateAccount', { id: account.id, newname: 'robert' })).toMatchObject({ name: 'robert' });
    expect(await object(admin, 'updateAccount', { account: 'robert', domainid: domain.id, networkdomain: 'x.example' })).toMatchObject({
      networkdomain: 'x.example',
    });
    expect((await admin.refused('updateAccount', { id: account.id })).code).toBe(431);
    expect(await object(admin, 'lockAccount', { account: 'robert', domainid: domain.id })).toMatchObject({ state: 'locked' });
    expect(await object(admin, 'lockAccount', { account: 'robert', domainid: domain.id })).toMatchObject({ state: 'locked' });
    expect(await admin.run('disableAccount', { id: account.id, lock: false })).toMatchObject({ state: 'disabled' });
    expect((await admin.refused('disableAccount', { id: account.id, lock: true })).code).toBe(536);
    expect(await object(admin, 'enableAccount', { account: 'robert', domainid: domain.id })).toMatchObject({ state: 'enabled' });
    expect(await admin.run('disableAccount', { id: account.id, lock: true })).toMatchObject({ state: 'locked' });
  });

  it('are deleted with their users, and their names are free again', async () => {
    const account = await newAccount('carl');
    expect(await admin.run('deleteAccount', { id: account.id })).toEqual({ success: true });
    expect(await listed(admin, 'listUsers', { username: 'carl', listall: true })).toEqual([]);
    expect((await admin.refused('deleteAccount', { id: account.id })).text).toContain('entity does not exist');
    await newAccount('carl');
  });

  it('never leave the cloud without a root admin', async () => {
    const [first] = await listed(admin, 'listAccounts', { name: 'admin' });
    const second = await newAccount('root2', { accounttype: 1 });
    const root2 = await clientOf(second);
    for (const [command, params] of [
      ['deleteAccount', {}],
      ['disableAccount', { lock: false }],
      ['disableAccount', { lock: true }],
    ] as const) {
      expect((await admin.refused(command, { id: first!.id, ...params })).code, command).toBeGreaterThanOrEqual(531);
    }
    expect((await root2.refused('deleteAccount', { id: first!.id })).text).toMatch(/came with the installation/);
    expect((await root2.refused('deleteUser', { id: first!.user[0]!.id })).text).toMatch(/came with the installation/);
    await root2.run('disableUser', { id: first!.user[0]!.id });
    for (const other of await listed(root2, 'listAccounts', { accounttype: 1, listall: true })) {
      if (other.id !== second.id && other.id !== first!.id) await root2.run('deleteAccount', { id: other.id });
    }
    // The local entry works as long as the machine does, and is bound by the same rule.
    const refused = await localRefused('disableUser', { id: second.user[0]!.id });
    expect(refused).toMatch(/last enabled root admin/);
    await root2.call('enableUser', { id: first!.user[0]!.id });
  });

  async function localRefused(command: string, params: Params): Promise<string> {
    const { ApiClient } = await import('../../../test/harness/api-client.ts');
    return (await ApiClient.local(`${server.config.dataFolder}/run/strata.sock`).refused(command, params)).text;
  }
});

describe('users', () => {
  it('are added, changed, disabled, locked, enabled and deleted', async () => {
    const account = await newAccount('team');
    const user = await object(admin, 'createUser', { username: 'mate', account: 'team', ...person });
    expect(user).toMatchObject({ username: 'mate', accountid: account.id, state: 'enabled' });
    expect(await object(admin, 'updateUser', { id: user.id, firstname: 'Max', timezone: 'UTC', username: 'buddy' })).toMatchObject({
      firstname: 'Max',
      lastname: 'L',
      timezone: 'UTC',
      username: 'buddy',
    });
    expect((await admin.refused('updateUser', { id: user.id, username: 'team' })).text).toMatch(/already has a user/);
    for (const [params, reason] of [
      [{ password: '' }, 'parameter password is empty'],
      [{ password: 'x' }, 'parameter password has 1 character: choose one of at least 8'],
      [{ email: 'notmail' }, 'parameter email "notmail" is not a mail address'],
    ] as const) {
      const refused = await admin.refused('updateUser', { id: user.id, ...params });
      expect([refused.code, refused.text]).toEqual([431, expect.stringContaining(reason)]);
    }
    for (const params of [{ password: 'x' }, { email: 'notmail' }])
      expect((await admin.refused('createAccount', { username: 'short', ...person, ...params })).code).toBe(431);
    await admin.call('updateConfiguration', { name: 'user.password.minimum.length', value: 1 });
    await admin.call('updateUser', { id: user.id, password: 'x' });
    await admin.call('updateConfiguration', { name: 'user.password.minimum.length', value: 8 });
    expect((await admin.refused('createUser', { username: 'x', account: 'nobody', ...person })).code).toBe(431);
    expect(await admin.run('disableUser', { id: user.id })).toMatchObject({ state: 'disabled' });
    expect((await admin.refused('lockUser', { id: user.id })).code).toBe(536);
    expect(await object(admin, 'enableUser', { id: user.id })).toMatchObject({ state: 'enabled' });
    expect(await object(admin, 'lockUser', { id: user.id })).toMatchObject({ state: 'locked' });
    expect(await admin.call('deleteUser', { id: user.id })).toEqual({ success: 'true' });
    expect(await listed(admin, 'listUsers', { account: 'team' })).toHaveLength(1);
  });

  it('have keys that can be shown, and replaced at once', async () => {
    const account = await newAccount('keys');
    const id = account.user[0]!.id;
    expect(await object(admin, 'getUserKeys', { id })).toEqual({ apikeyaccess: true });
    const first = await object(admin, 'registerUserKeys', { id });
    expect(first['apikey']).toMatch(/^[\w-]{86}$/);
    expect(first['secretkey']).toMatch(/^[\w-]{86}$/);
    expect(await object(admin, 'getUserKeys', { id })).toEqual(first);
    expect(await object(admin, 'getUser', { userapikey: String(first['apikey']) })).toMatchObject({
      id,
      username: 'keys',
      apikey: first['apikey'],
    });
    expect((await admin.refused('getUser', { userapikey: 'x' })).code).toBe(431);
    const old = server.as({ apiKey: String(first['apikey']), secretKey: String(first['secretkey']) });
    await old.call('listUsers');
    await admin.call('registerUserKeys', { id });
    expect((await old.refused('listUsers')).code).toBe(401);
    const stored = JSON.stringify(await server.dataSource.query('SELECT * FROM user'));
    expect(stored).not.toContain(String(first['secretkey']));
  });
});

describe('listApis', () => {
  it('tells each role what it may call, and with what', async () => {
    const user = await clientOf(await newAccount('reader'));
    const ofAdmin = await listed(admin, 'listApis', { listall: true });
    const ofUser = await listed(user, 'listApis');
    const names = (rows: readonly Row[]) => rows.map(({ name }) => name);
    expect(names(ofAdmin)).toEqual(expect.arrayContaining(['login', 'createAccount', 'listApis']));
    expect(names(ofUser)).toContain('listUsers');
    expect(names(ofUser)).not.toContain('createAccount');
    for (const row of ofAdmin) {
      expect(row).toMatchObject({
        name: expect.any(String) as string,
        description: expect.any(String) as string,
        isasync: expect.any(Boolean) as boolean,
        params: expect.any(Array) as unknown[],
        response: expect.any(Array) as unknown[],
      });
    }
  });

  it('restricts to one name', async () => {
    const [row] = await listed(admin, 'listApis', { name: 'disableAccount' });
    expect(row).toMatchObject({ isasync: true });
    expect(row!['params']).toContainEqual({
      name: 'lock',
      description: expect.any(String) as string,
      type: 'boolean',
      length: 255,
      required: true,
    });
    expect((await admin.refused('listApis', { name: 'nothing' })).code).toBe(431);
  });
});
