// Who sees and changes whom: lists by scope, objects by id, roles in pairs (A03, T02, T03, T04).
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiClient, Params } from '../../../test/harness/api-client.ts';
import { startTestServer, type TestServer } from '../../../test/harness/test-server.ts';

interface Account {
  readonly id: string;
  readonly name: string;
  readonly user: readonly { readonly id: string }[];
}

let server: TestServer;
const domains = new Map<string, string>();
const accounts = new Map<string, Account>();
const clients = new Map<string, ApiClient>();

/** Names hold the wildcards of LIKE, and one is the beginning of another. */
const tree = { a_b: 'ROOT', axb: 'ROOT', a_b2: 'ROOT', sub: 'a_b' } as const;
const people = {
  'root-user': { domain: 'ROOT', accounttype: 0 },
  'ab-admin': { domain: 'a_b', accounttype: 2 },
  'ab-resource': { domain: 'a_b', accounttype: 3 },
  'ab-user': { domain: 'a_b', accounttype: 0 },
  'sub-admin': { domain: 'sub', accounttype: 2 },
  'sub-user': { domain: 'sub', accounttype: 0 },
  'axb-user': { domain: 'axb', accounttype: 0 },
  'ab2-user': { domain: 'a_b2', accounttype: 0 },
} as const;
type Person = keyof typeof people;

const ofDomainAb: readonly Person[] = ['ab-admin', 'ab-resource', 'ab-user'];
const treeOfAb: readonly Person[] = [...ofDomainAb, 'sub-admin', 'sub-user'];
const everyone = ['admin', ...Object.keys(people)];

beforeAll(async () => {
  server = await startTestServer();
  const [root] = await server.admin.list('listDomains');
  domains.set('ROOT', String(root!['id']));
  for (const [name, parent] of Object.entries(tree)) {
    const { domain } = (await server.admin.call('createDomain', { name, parentdomainid: domains.get(parent)! })) as {
      domain: { id: string };
    };
    domains.set(name, domain.id);
  }
  clients.set('admin', server.admin);
  for (const [username, { domain, accounttype }] of Object.entries(people)) {
    const params = {
      username,
      password: 'secret-word',
      email: 'a@example.test',
      firstname: 'F',
      lastname: 'L',
      domainid: domains.get(domain)!,
      accounttype,
    };
    const { account } = (await server.admin.call('createAccount', params)) as unknown as { account: Account };
    accounts.set(username, account);
    const { userkeys } = (await server.admin.call('registerUserKeys', { id: account.user[0]!.id })) as {
      userkeys: { apikey: string; secretkey: string };
    };
    clients.set(username, server.as({ apiKey: userkeys.apikey, secretKey: userkeys.secretkey }));
  }
});
afterAll(() => server.stop());

const client = (name: string) => clients.get(name)!;

/** Names of what the list shows, or the code it is refused with. */
async function seen(as: string, command: string, params: Params): Promise<readonly string[] | number> {
  try {
    const rows = await client(as).list(command, params);
    return rows.map((row) => String(command === 'listUsers' ? row['username'] : row['name'])).toSorted();
  } catch (error) {
    return (error as { code: number }).code;
  }
}

type Scope = {
  readonly domainid?: string;
  readonly account?: string;
  readonly isrecursive?: boolean;
  readonly listall?: boolean;
  readonly projectid?: string;
};

const scopes: readonly (readonly [string, Scope, readonly string[] | number])[] = [
  ['admin', {}, ['admin']],
  ['admin', { listall: true }, everyone],
  ['admin', { domainid: 'a_b' }, ofDomainAb],
  ['admin', { domainid: 'a_b', isrecursive: true }, treeOfAb],
  ['admin', { domainid: 'ROOT', isrecursive: true }, everyone],
  ['admin', { account: 'sub-user', domainid: 'sub' }, ['sub-user']],
  ['admin', { account: 'sub-user' }, 431],
  ['admin', { account: 'admin', projectid: '-1' }, 431],
  ['admin', { projectid: '-1' }, []],
  ['ab-admin', {}, ['ab-admin']],
  ['ab-admin', { listall: true }, treeOfAb],
  ['ab-admin', { domainid: 'a_b' }, ofDomainAb],
  ['ab-admin', { domainid: 'sub', listall: true }, ['sub-admin', 'sub-user']],
  ['ab-admin', { account: 'ab-user' }, ['ab-user']],
  ['ab-admin', { domainid: 'axb' }, 531],
  ['ab-admin', { domainid: 'a_b2', isrecursive: true, listall: true }, 531],
  ['ab-admin', { domainid: 'ROOT', isrecursive: true }, 531],
  ['ab-admin', { account: 'axb-user', domainid: 'axb' }, 531],
  ['ab-admin', { account: 'nobody', domainid: 'axb' }, 531],
  ['ab-resource', { listall: true }, treeOfAb],
  ['ab-resource', { domainid: 'ROOT' }, 531],
  ['sub-admin', { listall: true }, ['sub-admin', 'sub-user']],
  ['sub-admin', { domainid: 'a_b' }, 531],
  ['ab-user', {}, ['ab-user']],
  ['ab-user', { listall: true }, ['ab-user']],
  ['ab-user', { domainid: 'a_b', isrecursive: true, listall: true }, ['ab-user']],
  ['ab-user', { account: 'ab-user', domainid: 'a_b' }, ['ab-user']],
  ['ab-user', { account: 'ab-admin' }, 531],
  ['ab-user', { account: 'nobody' }, 531],
  ['ab-user', { domainid: 'sub' }, 531],
  ['root-user', { listall: true }, ['root-user']],
  ['root-user', { domainid: 'ROOT', isrecursive: true }, ['root-user']],
];

describe.each(['listAccounts', 'listUsers'])('%s', (command) => {
  it.each(scopes)('shows %s with %o: %o', async (as, scope, expected) => {
    const params = { ...scope, ...(scope.domainid !== undefined && { domainid: domains.get(scope.domainid)! }) };
    expect(await seen(as, command, params)).toEqual(typeof expected === 'number' ? expected : expected.toSorted());
  });
});

describe('listDomains', () => {
  it.each([
    ['admin', {}, ['ROOT', 'a_b', 'a_b2', 'axb', 'sub']],
    ['ab-admin', {}, ['a_b']],
    ['ab-admin', { listall: true }, ['a_b', 'sub']],
    ['sub-admin', { listall: true }, ['sub']],
    ['ab-user', { listall: true }, 432],
  ] as const)('shows %s with %o: %o', async (as, params, expected) => {
    expect(await seen(as, 'listDomains', params)).toEqual(expected);
  });

  it('shows those below to who may see them', async () => {
    expect(await seen('ab-admin', 'listDomainChildren', { listall: true })).toEqual(['sub']);
    expect(await seen('ab-admin', 'listDomainChildren', { id: domains.get('ROOT')!, isrecursive: true })).toBe(431);
  });
});

describe('what is private to a domain', () => {
  it('is there for it and those below, whatever the names of others look like', async () => {
    for (const name of ['a_b', 'sub', 'a_b2']) {
      await server.admin.call('createDiskOffering', { name: `own-${name}`, displaytext: name, disksize: 1, domainid: domains.get(name)! });
    }
    const offerings = {
      'ab-user': ['a_b'],
      'sub-user': ['a_b', 'sub'],
      'ab-admin': ['a_b', 'sub'],
      'ab-resource': ['a_b', 'sub'],
      'axb-user': [],
      'ab2-user': ['a_b2'],
      'root-user': [],
      admin: ['a_b', 'a_b2', 'sub'],
    };
    for (const [as, expected] of Object.entries(offerings)) {
      expect(await seen(as, 'listDiskOfferings', { keyword: 'own-' }), as).toEqual(expected.map((name) => `own-${name}`));
    }
    const error = await server.admin.refused('deleteDomain', { id: domains.get('a_b')!, cleanup: true });
    expect([error.code, error.text]).toEqual([536, expect.stringContaining('2 private disk offerings: delete them first')]);
  });
});

describe('what is not yours to see', () => {
  it('does not exist, by uuid or by number', async () => {
    for (const other of ['axb-user', 'ab2-user', 'root-user'] as const) {
      const { id, user } = accounts.get(other)!;
      const [row] = await server.dataSource.query<{ id: number }[]>('SELECT id FROM account WHERE uuid = ?', [id]);
      for (const as of ['ab-admin', 'ab-resource', 'ab-user', 'sub-admin']) {
        for (const params of [{ id }, { id: String(row!.id) }]) {
          const error = await client(as).refused('listAccounts', params);
          expect([error.code, error.text]).toEqual([431, expect.stringContaining('entity does not exist')]);
        }
        expect((await client(as).refused('listUsers', { id: user[0]!.id })).code).toBe(431);
      }
    }
  });

  it('is not changed by any command that takes an id', async () => {
    const before: unknown = await server.dataSource.query(
      'SELECT uuid, state, version, api_key, password_hash, firstname FROM user ORDER BY id',
    );
    const target = accounts.get('axb-user')!;
    const user = { id: target.user[0]!.id };
    const calls: readonly (readonly [string, Params])[] = [
      ['updateUser', { ...user, password: 'x-password' }],
      ['registerUserKeys', user],
      ['getUserKeys', user],
      ['disableUser', user],
      ['lockUser', user],
      ['enableUser', user],
      ['deleteUser', user],
      ['deleteAccount', { id: target.id }],
      ['disableAccount', { id: target.id, lock: false }],
      ['enableAccount', { id: target.id }],
      ['updateAccount', { id: target.id, newname: 'x' }],
      ['lockAccount', { account: 'axb-user', domainid: domains.get('axb')! }],
      [
        'createUser',
        {
          account: 'axb-user',
          domainid: domains.get('axb')!,
          username: 'x',
          password: 'x-password',
          email: 'x@example.test',
          firstname: 'x',
          lastname: 'x',
        },
      ],
      [
        'createAccount',
        { domainid: domains.get('axb')!, username: 'x', password: 'x-password', email: 'x@example.test', firstname: 'x', lastname: 'x' },
      ],
      ['createDomain', { parentdomainid: domains.get('axb')!, name: 'x' }],
      ['deleteDomain', { id: domains.get('axb')!, cleanup: true }],
    ];
    for (const as of ['ab-admin', 'ab-resource', 'sub-admin', 'ab-user', 'root-user']) {
      for (const [command, params] of calls)
        expect([431, 432, 531], `${as} ${command}`).toContain((await client(as).refused(command, params)).code);
    }
    expect(await server.dataSource.query('SELECT uuid, state, version, api_key, password_hash, firstname FROM user ORDER BY id')).toEqual(
      before,
    );
  });
});

describe('rights', () => {
  const targets = ['admin', 'ab-admin', 'ab-resource', 'ab-user', 'sub-admin', 'sub-user'] as const;
  const mayReadKeys: Readonly<Record<string, readonly string[]>> = {
    admin: targets,
    'ab-admin': ['ab-admin', 'ab-user', 'sub-admin', 'sub-user'],
    'ab-resource': ['ab-resource', 'ab-user', 'sub-user'],
    'sub-admin': ['sub-admin', 'sub-user'],
    'ab-user': ['ab-user'],
  };

  it.each(Object.entries(mayReadKeys))('%s reads the keys of %o and of nobody else', async (as, allowed) => {
    const [adminAccount] = (await server.admin.list('listAccounts')) as unknown as Account[];
    for (const name of targets) {
      const { user } = name === 'admin' ? adminAccount! : accounts.get(name)!;
      const code = await client(as)
        .call('getUserKeys', { id: user[0]!.id })
        .then(
          () => 200,
          (error: { code: number }) => error.code,
        );
      expect(allowed.includes(name) ? [200] : [431, 531], `${as} → ${name}`).toContain(code);
    }
  });

  it.each([
    ['ab-admin', 1, 531],
    ['ab-admin', 3, 531],
    ['ab-resource', 2, 531],
    ['ab-resource', 1, 531],
    ['ab-user', 0, 432],
  ] as const)('%s does not create an account of type %i', async (as, accounttype, code) => {
    const error = await client(as).refused('createAccount', {
      username: 'upstart',
      password: 'x-password',
      email: 'x@example.test',
      firstname: 'x',
      lastname: 'x',
      accounttype,
    });
    expect(error.code).toBe(code);
  });

  it('an administrator of a domain creates others like it, there and below', async () => {
    const { account } = (await client('ab-admin').call('createAccount', {
      username: 'peer',
      password: 'x-password',
      email: 'x@example.test',
      firstname: 'x',
      lastname: 'x',
      accounttype: 2,
      domainid: domains.get('sub')!,
    })) as unknown as { account: Account };
    expect(account).toMatchObject({ name: 'peer', domain: 'sub', accounttype: 2 });
    expect(await client('ab-admin').run('deleteAccount', { id: account.id })).toEqual({ success: true });
  });

  it('an administrator does not change the own domain', async () => {
    expect((await client('ab-admin').refused('deleteDomain', { id: domains.get('a_b')!, cleanup: true })).code).toBe(531);
  });

  it('listRoles names what may be given', async () => {
    expect(await seen('ab-admin', 'listRoles', {})).toEqual(['Domain Admin', 'User']);
    expect(await seen('admin', 'listRoles', { keyword: 'admin', type: 'DomainAdmin', state: 'enabled' })).toEqual(['Domain Admin']);
    expect(await seen('ab-user', 'listRoles', {})).toBe(432);
  });

  it('API keys of others are not shown to users', async () => {
    await server.admin.call('createUser', {
      username: 'ab-second',
      account: 'ab-user',
      domainid: domains.get('a_b')!,
      password: 'x-password',
      email: 'x@example.test',
      firstname: 'x',
      lastname: 'x',
    });
    const rows = await client('ab-user').list('listUsers');
    expect(rows.map((row) => [row['username'], 'apikey' in row])).toEqual([
      ['ab-user', true],
      ['ab-second', false],
    ]);
    expect(rows.every((row) => !('secretkey' in row))).toBe(true);
  });
});
