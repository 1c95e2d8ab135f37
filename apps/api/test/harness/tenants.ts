// Two tenants side by side, one below the first, and users of every role in them, each with a client of its own.
import type { Role } from '../../src/kernel/command/caller.ts';
import type { ApiClient, Body } from './api-client.ts';
import type { TestServer } from './test-server.ts';

export interface Tenant {
  /** Of its account and user; no word that an answer could hold for another reason. */
  readonly name: string;
  readonly role: Role;
  readonly accountId: string;
  readonly userId: string;
  readonly domainId: string;
  /** As in answers: `ROOT/crimson/rosewood`. */
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
  const red = await domain('crimson');
  const rose = await domain('rosewood', red);
  const blue = await domain('azure');

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
  const [root] = await admin.list('listDomains', { level: 0 });
  return {
    root: await tenant('ivory-root', 'Admin', String(root!['id']), 'ROOT'),
    redAdmin: await tenant('crimson-admin', 'DomainAdmin', red, 'ROOT/crimson'),
    redResourceAdmin: await tenant('crimson-resources', 'ResourceAdmin', red, 'ROOT/crimson'),
    red1: await tenant('crimson-one', 'User', red, 'ROOT/crimson'),
    red2: await tenant('crimson-two', 'User', red, 'ROOT/crimson'),
    rose1: await tenant('rosewood-one', 'User', rose, 'ROOT/crimson/rosewood'),
    blueAdmin: await tenant('azure-admin', 'DomainAdmin', blue, 'ROOT/azure'),
    blue1: await tenant('azure-one', 'User', blue, 'ROOT/azure'),
  };
}

/** Whether a tenant's rights reach what another owns. */
export function reaches(caller: Tenant, owner: Tenant): boolean {
  if (caller.role === 'Admin' || caller.accountId === owner.accountId) return true;
  return caller.role !== 'User' && `${owner.domainPath}/`.startsWith(`${caller.domainPath}/`);
}
