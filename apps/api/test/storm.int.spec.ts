// Many requests on the same machines at the same moment: one is first, the others wait their turn or are told why not; nothing is left over.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type ApiClient, ApiError, type Body, type Params } from './harness/api-client.ts';
import { type Cloud, startCloud } from './harness/cloud.ts';
import { createTenants, type Tenants } from './harness/tenants.ts';

let cloud: Cloud;
let tenants: Tenants;

beforeAll(async () => {
  cloud = await startCloud({ hosts: 3 });
  tenants = await createTenants(cloud.server);
});
afterAll(() => cloud.stop());

const query = <Row>(sql: string) => cloud.server.dataSource.query<Row[]>(sql);

/** What became of a request: its job's object, or what the caller was told. */
type Ending = { readonly done: Body } | { readonly error: ApiError };

async function ending(client: ApiClient, command: string, params: Params): Promise<Ending> {
  try {
    return { done: await client.run(command, params) };
  } catch (error) {
    if (error instanceof ApiError) return { error };
    throw error;
  }
}

const isDone = (end: Ending) => 'done' in end;

/** A caller is told that its machine is gone (431) or in another state (536), never of races within the server. */
function expectFair(endings: readonly Ending[]): void {
  for (const end of endings) {
    if ('done' in end) continue;
    expect([431, 536], end.error.text).toContain(end.error.code);
    expect(end.error.text).not.toMatch(/deadlock|lock wait|internal|ER_/i);
  }
}

async function expectAgreement(): Promise<void> {
  expect(await query("SELECT uuid, state FROM job WHERE state NOT IN ('Succeeded', 'Failed')")).toEqual([]);
  expect(await cloud.server.local.list('verifyInventory')).toEqual([]);
}
afterEach(expectAgreement);

const stateOf = async (id: unknown) => (await cloud.server.admin.list('listVirtualMachines', { id: String(id) }))[0]?.['state'];

describe('F28 two requests on one machine', () => {
  const pairs: readonly (readonly [string, string, string, boolean, readonly string[]])[] = [
    ['start', 'startVirtualMachine', 'startVirtualMachine', false, ['Running']],
    ['start and destroy', 'startVirtualMachine', 'destroyVirtualMachine', false, ['Destroyed']],
    ['stop', 'stopVirtualMachine', 'stopVirtualMachine', true, ['Stopped']],
    ['stop and start', 'stopVirtualMachine', 'startVirtualMachine', true, ['Running', 'Stopped']],
    ['stop and destroy', 'stopVirtualMachine', 'destroyVirtualMachine', true, ['Destroyed']],
    ['reboot and stop', 'rebootVirtualMachine', 'stopVirtualMachine', true, ['Stopped']],
    ['destroy', 'destroyVirtualMachine', 'destroyVirtualMachine', true, ['Destroyed']],
  ];

  it.each(pairs)('%s: each ends, the machine in one state', async (_title, first, second, isRunning, outcomes) => {
    const { id, state } = await cloud.deploy({ startvm: isRunning });
    expect(state).toBe(isRunning ? 'Running' : 'Stopped');
    const endings = await Promise.all([first, second].map((command) => ending(cloud.server.admin, command, { id: String(id) })));
    expectFair(endings);
    expect(endings.some(isDone)).toBe(true);
    expect(outcomes).toContain(await stateOf(id));
    // Who destroys what is destroyed already has what he wanted.
    if (first === second && first !== 'destroyVirtualMachine') expect(endings.filter(isDone)).toHaveLength(1);
  });

  it('expunge twice: it is gone once', async () => {
    const { id } = await cloud.deploy();
    const endings = await Promise.all(
      [1, 2, 3].map(() => ending(cloud.server.admin, 'destroyVirtualMachine', { id: String(id), expunge: true })),
    );
    expectFair(endings);
    expect(endings.filter(isDone)).toHaveLength(1);
  });
});

describe('a storm', () => {
  it('30 machines of three accounts, each started, stopped and destroyed at once, over and over', async () => {
    const owners = [tenants.red1, tenants.rose1, tenants.blue1];
    const base = { zoneid: cloud.zone.zoneId, templateid: cloud.templateId, serviceofferingid: cloud.offeringId };
    const machines = await Promise.all(
      Array.from({ length: 30 }, async (_, n) => {
        const { client } = owners[n % owners.length]!;
        return { client, id: String((await client.run('deployVirtualMachine', base))['id']) };
      }),
    );
    const storm = machines.flatMap(({ client, id }) =>
      ['stopVirtualMachine', 'startVirtualMachine', 'stopVirtualMachine', 'rebootVirtualMachine', 'startVirtualMachine'].map((command) =>
        ending(client, command, { id }),
      ),
    );
    expectFair(await Promise.all(storm));
    await expectAgreement();
    // Destroyed in the middle of it, they don't come back to life; what was refused just then is done when asked for again.
    const last = machines.map(({ client, id }) =>
      Promise.all([
        ending(client, 'stopVirtualMachine', { id }),
        ending(client, 'destroyVirtualMachine', { id }),
        ending(client, 'startVirtualMachine', { id }),
      ]),
    );
    for (const [n, endings] of (await Promise.all(last)).entries()) {
      expectFair(endings);
      const { client, id } = machines[n]!;
      if (isDone(endings[1])) expect(await stateOf(id)).toBe('Destroyed');
      else await client.run('destroyVirtualMachine', { id });
    }
    await expectAgreement();
    await Promise.all(machines.map(({ id }) => cloud.server.admin.run('expungeVirtualMachine', { id })));
    expect(await query('SELECT v.id FROM virtual_machine v JOIN account a ON a.id = v.account_id WHERE NOT a.is_default')).toEqual([]);
  });
});
