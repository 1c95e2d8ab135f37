// Every saga of accounts: each step may run twice, and none leaves a trace when it fails.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Body, Params } from '../../../test/harness/api-client.ts';
import { playRound, roundsOf, type SagaRig } from '../../../test/harness/check-saga.ts';
import { startTestServer, type TestServer } from '../../../test/harness/test-server.ts';
import { accountArea } from './area.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

interface Tenant {
  readonly domainId: string;
  readonly accountId: string;
  readonly userId: string;
}

/** A domain with one below it, an account with a user that is logged in. */
async function makeTenant(): Promise<Tenant> {
  const { admin } = server;
  const name = randomUUID();
  const domainId = String(((await admin.call('createDomain', { name }))['domain'] as Body)['id']);
  await admin.call('createDomain', { name: 'below', parentdomainid: domainId });
  const person = { username: name, password: 'secret-word', email: 'a@example.test', firstname: 'F', lastname: 'L' };
  const account = (await admin.call('createAccount', { ...person, accounttype: 0, domainid: domainId }))['account'] as Body;
  const userId = String((account['user'] as Body[])[0]!['id']);
  await admin.call('registerUserKeys', { id: userId });
  const login = new URLSearchParams({ command: 'login', response: 'json', username: name, password: 'secret-word', domain: `/${name}` });
  expect((await fetch(server.url, { method: 'POST', body: login })).status).toBe(200);
  return { domainId, accountId: String(account['id']), userId };
}

async function fingerprint({ domainId, accountId, userId }: Tenant): Promise<string> {
  const rows = (sql: string, values: unknown[]) => server.dataSource.query(sql, values);
  const world = {
    domains: await rows('SELECT COUNT(*) AS n FROM domain d LEFT JOIN domain p ON p.id = d.parent_id WHERE ? IN (d.uuid, p.uuid)', [
      domainId,
    ]),
    account: await rows('SELECT state FROM account WHERE uuid = ?', [accountId]),
    user: await rows('SELECT state FROM user WHERE uuid = ?', [userId]),
    sessions: await rows('SELECT COUNT(*) AS n FROM session s JOIN user u ON u.id = s.user_id WHERE u.uuid = ?', [userId]),
    strays: await rows('SELECT COUNT(*) AS n FROM user WHERE account_id NOT IN (SELECT id FROM account)', []),
  };
  return JSON.stringify(world);
}

const requests: Readonly<Record<string, (tenant: Tenant) => Params>> = {
  disableAccount: ({ accountId }) => ({ id: accountId, lock: false }),
  disableUser: ({ userId }) => ({ id: userId }),
  deleteAccount: ({ accountId }) => ({ id: accountId }),
  deleteDomain: ({ domainId }) => ({ id: domainId, cleanup: true }),
};

async function rig(command: string): Promise<SagaRig> {
  const tenant = await makeTenant();
  return {
    failpoints: server.failpoints,
    start: async () => String((await server.admin.call(command, requests[command]!(tenant)))['jobid']),
    end: async (uuid) => (await server.runtime.awaiter.whenDone(uuid, 10_000)).state,
    fingerprint: () => fingerprint(tenant),
    close: async () => server.failpoints.set(''),
  };
}

describe.each(accountArea.sagas.map((saga) => ({ saga })))('$saga.name', ({ saga }) => {
  it.each(roundsOf(saga))('$title', (round) => playRound(round, () => rig(saga.name)));
});
