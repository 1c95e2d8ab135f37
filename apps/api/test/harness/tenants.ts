// Two tenants side by side, one below the first, and users of every role in them, each with a client of its own.
import type { Role } from '../../src/kernel/command/caller.ts';
import type { ApiClient, Body } from './api-client.ts';
import type { TestServer } from './test-server.ts';

export interface Tenant {
  /** Also the name of its account. */
  readonly name: string;
  readonly role: Role;
  readonly accountId: string;
  readonly userId: string;
  readonly domainId: string;
  /** As in answers: `ROOT/red/rose`. */
  readonly domainPath: string;
  readonly client: ApiClient;
}

/** red has a domain rose below it; blue stands beside red. */
export type TenantName = 'root' | 'redAdmin' | 'redResourceAdmin' | 'red1' | 'red2' | 'rose1' | 'blueAdmin' | 'blue1';
export type Tenants = Readonly<Record<TenantName, Tenant>>;

const accountTypes: Readonly<Record<Role, number>> = { User: 0, Admin: 1, DomainAdmin: 2, ResourceAdmin: 3 };

export async function createTenants(server: TestServer): Promise<Tenants> {
  const { admin } = server;
  const domain = async (name: string, parent?: string) => {
    const reply = await admin.call('createDomain', { name, parentdomainid: parent });
    return String((reply['domain'] as Body)['id']);
  };
  const red = await domain('red');
  const rose = await domain('rose', red);
  const blue = await domain('blue');

  const tenant = async (name: string, role: Role, domainId: string, domainPath: string): Promise<Tenant> => {
    const reply = await admin.call('createAccount', {
      username: name,
      password: `${name}-password`,
      email: `${name}@example.test`,
      firstname: name,
      lastname: name,
      accounttype: accountTypes[role],
      domainid: domainId,
    });
    const account = reply['account'] as Body;
    const userId = String((account['user'] as Body[])[0]!['id']);
    const { userkeys } = (await admin.call('registerUserKeys', { id: userId })) as { userkeys: { apikey: string; secretkey: string } };
    return {
      name,
      role,
      accountId: String(account['id']),
      userId,
      domainId,
      domainPath,
      client: server.as({ apiKey: userkeys.apikey, secretKey: userkeys.secretkey }),
    };
  };
  const [root] = await admin.list('listUsers', { username: 'admin' });
  return {
    root: {
      name: 'admin',
      role: 'Admin',
      accountId: String(root!['accountid']),
      userId: String(root!['id']),
      domainId: String(root!['domainid']),
      domainPath: 'ROOT',
      client: admin,
    },
    redAdmin: await tenant('redAdmin', 'DomainAdmin', red, 'ROOT/red'),
    redResourceAdmin: await tenant('redResourceAdmin', 'ResourceAdmin', red, 'ROOT/red'),
    red1: await tenant('red1', 'User', red, 'ROOT/red'),
    red2: await tenant('red2', 'User', red, 'ROOT/red'),
    rose1: await tenant('rose1', 'User', rose, 'ROOT/red/rose'),
    blueAdmin: await tenant('blueAdmin', 'DomainAdmin', blue, 'ROOT/blue'),
    blue1: await tenant('blue1', 'User', blue, 'ROOT/blue'),
  };
}

/** Whether a tenant's rights reach what another owns. */
export function reaches(caller: Tenant, owner: Tenant): boolean {
  if (caller.role === 'Admin' || caller.accountId === owner.accountId) return true;
  return caller.role !== 'User' && `${owner.domainPath}/`.startsWith(`${caller.domainPath}/`);
}
