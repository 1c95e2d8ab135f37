// `./strata keys`: the administrator's API endpoint and keys, made when there are none yet.
import type { Body, SystemClient } from './system-client.ts';
import { CommandLineError } from './command-line-error.ts';
import { readOptions, type Installation } from './terms.ts';

export interface Keys {
  readonly endpoint: string;
  readonly key: string;
  readonly secret: string;
}

export async function printKeys(words: string[], { client, url }: Installation): Promise<number> {
  const values = readOptions(words, { json: { type: 'boolean' } });
  const keys: Keys = { endpoint: `${url}/client/api`, ...(await administratorKeys(client)) };
  console.log(values.json ? JSON.stringify(keys) : asEnvironment(keys));
  return 0;
}

/** The variables that API clients such as `cs` read. */
export function asEnvironment({ endpoint, key, secret }: Keys): string {
  return [`export CLOUDSTACK_ENDPOINT="${endpoint}"`, `export CLOUDSTACK_KEY="${key}"`, `export CLOUDSTACK_SECRET="${secret}"`].join('\n');
}

async function administratorKeys(client: SystemClient): Promise<{ key: string; secret: string }> {
  const { user = [] } = (await client.call('listUsers', { username: 'admin', account: 'admin', listall: 'true' })) as { user?: Body[] };
  const admin = user.find((one) => one['domain'] === 'ROOT') ?? user[0];
  if (!admin)
    throw new CommandLineError('there is no user "admin" in the domain ROOT any more: make keys for another user with registerUserKeys');
  const id = String(admin['id']);
  const kept = keysIn(await client.call('getUserKeys', { id }));
  const keys = kept ?? keysIn(await client.call('registerUserKeys', { id }));
  if (!keys) throw new Error('registerUserKeys gave no keys');
  return keys;
}

function keysIn(body: Body): { key: string; secret: string } | undefined {
  const keys = (body['userkeys'] ?? {}) as Body;
  const [key, secret] = [keys['apikey'], keys['secretkey']];
  return typeof key === 'string' && key && typeof secret === 'string' && secret ? { key, secret } : undefined;
}
