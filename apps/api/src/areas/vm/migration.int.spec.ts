// Migration and maintenance as an administrator sees them, on the simulator.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Body, Params } from '../../../test/harness/api-client.ts';
import { type Cloud, startCloud } from '../../../test/harness/cloud.ts';

let cloud: Cloud;
let hosts: readonly string[];
beforeAll(async () => {
  cloud = await startCloud({ hosts: 3 });
  hosts = cloud.zone.hostIds;
});
afterAll(() => cloud.stop());

const admin = () => cloud.server.admin;
const rows = <Row>(sql: string, values: unknown[] = []) => cloud.server.dataSource.query<Row[]>(sql, values);
const vmOf = async (id: unknown): Promise<Body> => (await admin().list('listVirtualMachines', { id: String(id) }))[0]!;
const hostOf = async (id: string): Promise<Body> => (await admin().list('listHosts', { id }))[0]!;
const migrate = (vm: Body, params: Params) => admin().run('migrateVirtualMachine', { virtualmachineid: String(vm['id']), ...params });
const addressOf = async (hostId: string) => String((await hostOf(hostId))['ipaddress']);
const bootsOn = async (hostId: string): Promise<Record<string, number>> => {
  cloud.fleet.catchUp();
  const machines = cloud.fleet.findHost(await addressOf(hostId))?.machines?.values() ?? [];
  return Object.fromEntries([...machines].map(({ uuid, boots }) => [uuid, boots]));
};
const differences = async () => (await admin().call('verifyInventory'))['difference'] ?? [];
const reserved = async (hostId: string) => Number((await hostOf(hostId))['memoryallocated']) / 2 ** 20;
const maintain = () => cloud.server.runtime.schedule.wake('host-maintenance');
const destroy = async (...vms: Body[]) => {
  for (const { id } of vms) await admin().run('destroyVirtualMachine', { id: String(id), expunge: true });
};

describe('migrateVirtualMachine', () => {
  it('L07 moves a machine that goes on running, with its room', async () => {
    const vm = await cloud.deploy({ hostid: hosts[0]! });
    const before = await reserved(hosts[1]!);
    const moved = await migrate(vm, { hostid: hosts[1]! });
    expect(moved).toMatchObject({ id: vm['id'], state: 'Running', hostid: hosts[1] });
    expect(await bootsOn(hosts[0]!)).not.toHaveProperty(String(vm['id']));
    expect(await bootsOn(hosts[1]!)).toMatchObject({ [String(vm['id'])]: 1 });
    expect(await reserved(hosts[1]!)).toBe(before + 256);
    expect(await reserved(hosts[0]!)).toBe(0);
    const events = await admin().list('listEvents', { type: 'VM.MIGRATE' });
    expect(events.map(({ state }) => state)).toEqual(expect.arrayContaining(['Scheduled', 'Completed']));
    await destroy(vm);
  });

  it('Q06 holds room on both hosts while it moves', async () => {
    const vm = await cloud.deploy({ hostid: hosts[0]! });
    cloud.fleet.change({ do: 'latency', method: 'migrateMachine', ms: 1_500 });
    const { jobid } = await admin().call('migrateVirtualMachine', { virtualmachineid: String(vm['id']), hostid: hosts[1]! });
    expect(await vmOf(vm['id'])).toMatchObject({ state: 'Migrating', hostid: hosts[0] });
    expect([await reserved(hosts[0]!), await reserved(hosts[1]!)]).toEqual([256, 256]);
    expect((await admin().refused('stopVirtualMachine', { id: String(vm['id']) })).text).toContain('Migrating');
    await admin().result(String(jobid));
    cloud.fleet.change({ do: 'latency', method: 'migrateMachine', ms: 0 });
    expect([await reserved(hosts[0]!), await reserved(hosts[1]!)]).toEqual([0, 256]);
    await destroy(vm);
  });

  it('chooses a host when asked to', async () => {
    const vm = await cloud.deploy({ hostid: hosts[0]! });
    const moved = await migrate(vm, { autoselect: true });
    expect(hosts.slice(1)).toContain(moved['hostid']);
    await destroy(vm);
  });

  it('L08 refuses what cannot be and leaves the machine where it runs', async () => {
    const vm = await cloud.deploy({ hostid: hosts[0]! });
    const refusal = async (params: Params) =>
      (await admin().refused('migrateVirtualMachine', { virtualmachineid: String(vm['id']), ...params })).text;
    expect(await refusal({})).toContain('autoselect=true');
    expect(await refusal({ hostid: hosts[0]! })).toContain('already');
    expect(await refusal({ storageid: cloud.zone.poolId })).toContain('storageid');
    await admin().call('updateHost', { id: hosts[1]!, allocationstate: 'Disable' });
    expect(await refusal({ hostid: hosts[1]! })).toContain('is disabled');
    await admin().call('updateHost', { id: hosts[1]!, allocationstate: 'Enable' });
    expect(await vmOf(vm['id'])).toMatchObject({ state: 'Running', hostid: hosts[0] });
    await destroy(vm);
  });

  it('L08 a move that the hosts refuse leaves the machine running and says why', async () => {
    const vm = await cloud.deploy({ hostid: hosts[0]! });
    const fault = { host: await addressOf(hosts[0]!), method: 'migrateMachine', kind: 'unsupported', when: 'before', times: 1 } as const;
    cloud.fleet.change({ do: 'fault', ...fault });
    await expect(migrate(vm, { hostid: hosts[1]! })).rejects.toMatchObject({ code: 534 });
    expect(await vmOf(vm['id'])).toMatchObject({ state: 'Running', hostid: hosts[0] });
    expect(await bootsOn(hosts[0]!)).toMatchObject({ [String(vm['id'])]: 1 });
    expect([await reserved(hosts[0]!), await reserved(hosts[1]!)]).toEqual([256, 0]);
    await destroy(vm);
  });

  it('moves inside a disabled zone, which takes nothing new', async () => {
    const vm = await cloud.deploy({ hostid: hosts[0]! });
    await admin().call('updateZone', { id: cloud.zone.zoneId, allocationstate: 'Disabled' });
    expect(await migrate(vm, { hostid: hosts[1]! })).toMatchObject({ hostid: hosts[1] });
    await admin().call('updateZone', { id: cloud.zone.zoneId, allocationstate: 'Enabled' });
    await destroy(vm);
  });
});

describe('findHostsForMigration', () => {
  it('lists the other hosts of the cluster, and why one cannot take the machine', async () => {
    const vm = await cloud.deploy({ hostid: hosts[0]! });
    await admin().call('updateHost', { id: hosts[2]!, allocationstate: 'Disable' });
    const found = await admin().list('findHostsForMigration', { virtualmachineid: String(vm['id']) });
    expect(found.map(({ id }) => id)).toEqual([hosts[1], hosts[2]]);
    expect(found[0]).toMatchObject({ suitableformigration: true, hasenoughcapacity: true, requiresStorageMotion: false });
    expect(found[1]).toMatchObject({
      suitableformigration: false,
      hasenoughcapacity: true,
      annotation: expect.stringContaining('is disabled'),
    });
    const listed = await admin().list('listHosts', { virtualmachineid: String(vm['id']) });
    expect(listed.map(({ id, suitableformigration }) => [id, suitableformigration])).toEqual([
      [hosts[1], true],
      [hosts[2], false],
    ]);
    expect(await hostOf(hosts[1]!)).not.toHaveProperty('suitableformigration');
    await admin().call('updateHost', { id: hosts[2]!, allocationstate: 'Enable' });
    await admin().run('stopVirtualMachine', { id: String(vm['id']), forced: true });
    expect(await admin().list('findHostsForMigration', { virtualmachineid: String(vm['id']) })).toEqual([]);
    await destroy(vm);
  });
});

/** Runs the reconciler until the host is no longer being prepared, and waits for the moves between. */
async function emptied(hostId: string): Promise<Body> {
  for (let round = 0; round < 20; round += 1) {
    await maintain();
    const jobs = await rows<{ uuid: string }>(
      "SELECT uuid FROM job WHERE saga = 'migrateVirtualMachine' AND state IN ('Queued', 'Running')",
    );
    for (const { uuid } of jobs) await cloud.server.runtime.awaiter.whenDone(uuid, 20_000);
    const host = await hostOf(hostId);
    if (host['resourcestate'] !== 'PrepareForMaintenance') return host;
  }
  throw new Error('the host was not emptied');
}

describe('maintenance', () => {
  it('H08 moves every machine without stopping one, keeps new ones away, and ends by cancelHostMaintenance', async () => {
    const vms: Body[] = [];
    for (let n = 0; n < 5; n += 1) vms.push(await cloud.deploy({ hostid: hosts[0]! }));
    expect(await admin().run('prepareHostForMaintenance', { id: hosts[0]! })).toMatchObject({
      resourcestate: 'PrepareForMaintenance',
      annotation: '5 machines are still to leave it',
    });
    expect((await admin().refused('prepareHostForMaintenance', { id: hosts[0]! })).code).toBe(536);
    expect(await emptied(hosts[0]!)).toMatchObject({ resourcestate: 'Maintenance', state: 'Up' });
    const moves = await admin().list('listEvents', {
      type: 'VM.MIGRATE',
      resourceid: String(vms[0]!['id']),
      resourcetype: 'VirtualMachine',
    });
    expect(moves.map(({ state }) => state).toSorted()).toEqual(['Completed', 'Scheduled', 'Started']);
    const elsewhere = { ...(await bootsOn(hosts[1]!)), ...(await bootsOn(hosts[2]!)) };
    expect(vms.map(({ id }) => elsewhere[String(id)])).toEqual([1, 1, 1, 1, 1]);
    for (const { id } of vms) expect(await vmOf(id)).toMatchObject({ state: 'Running' });
    expect((await admin().refused('deployVirtualMachine', deployment({ hostid: hosts[0]! }))).text).toContain('(Maintenance)');
    const placed = await cloud.deploy();
    expect(placed['hostid']).not.toBe(hosts[0]);
    expect((await admin().list('listHosts', { resourcestate: 'Maintenance' })).map(({ id }) => id)).toEqual([hosts[0]]);
    expect((await admin().run('cancelHostMaintenance', { id: hosts[0]! }))['resourcestate']).toBe('Enabled');
    expect(await differences()).toEqual([]);
    await destroy(...vms, placed);
  });

  it('H08 says why a machine cannot leave, stops none, and can be repeated', async () => {
    const vm = await cloud.deploy({ hostid: hosts[0]! });
    for (const id of hosts.slice(1)) await admin().call('updateHost', { id, allocationstate: 'Disable' });
    expect(await admin().run('prepareHostForMaintenance', { id: hosts[0]! })).toMatchObject({
      annotation: '1 machine is still to leave it',
    });
    const failed = await emptied(hosts[0]!);
    expect(String(failed['annotation'])).not.toContain('of disk');
    expect(failed).toMatchObject({ resourcestate: 'ErrorInMaintenance', annotation: expect.stringContaining('is disabled') });
    expect(await vmOf(vm['id'])).toMatchObject({ state: 'Running', hostid: hosts[0] });
    expect(await alertCauses()).toContainEqual(expect.stringMatching(/\/maintenance$/));
    for (const id of hosts.slice(1)) await admin().call('updateHost', { id, allocationstate: 'Enable' });
    await admin().run('prepareHostForMaintenance', { id: hosts[0]! });
    expect(await emptied(hosts[0]!)).toMatchObject({ resourcestate: 'Maintenance' });
    expect(await alertCauses()).toEqual([]);
    await admin().run('cancelHostMaintenance', { id: hosts[0]! });
    await destroy(vm);
  });

  it('H08 does not try a move again that has failed, until it is asked to', async () => {
    const vm = await cloud.deploy({ hostid: hosts[0]! });
    const fault = { host: await addressOf(hosts[0]!), method: 'migrateMachine', kind: 'unsupported', when: 'before', times: 1 } as const;
    cloud.fleet.change({ do: 'fault', ...fault });
    await admin().run('prepareHostForMaintenance', { id: hosts[0]! });
    const failed = await emptied(hosts[0]!);
    expect(failed).toMatchObject({ resourcestate: 'ErrorInMaintenance', annotation: expect.stringContaining(String(vm['name'])) });
    await admin().run('prepareHostForMaintenance', { id: hosts[0]! });
    expect(await emptied(hosts[0]!)).toMatchObject({ resourcestate: 'Maintenance' });
    await destroy(vm);
  });

  it('H09 a host in maintenance is reconnected, deleted and added again like any other', async () => {
    expect(await hostOf(hosts[0]!)).toMatchObject({ resourcestate: 'Maintenance' });
    expect(await admin().run('reconnectHost', { id: hosts[0]! })).toMatchObject({ state: 'Up', resourcestate: 'Maintenance' });
    await admin().call('deleteHost', { id: hosts[0]! });
    expect((await admin().list('listHosts', { type: 'Routing' })).map(({ id }) => id)).toEqual(hosts.slice(1));
  });

  it('H08 a host that is down keeps its machines and says so', async () => {
    const vm = await cloud.deploy({ hostid: hosts[1]! });
    const address = await addressOf(hosts[1]!);
    cloud.fleet.change({ do: 'power', host: address, state: 'unreachable' });
    await cloud.server.runtime.schedule.wake('host-health');
    expect((await admin().refused('prepareHostForMaintenance', { id: hosts[1]! })).text).toContain('bring it up first');
    cloud.fleet.change({ do: 'power', host: address, state: 'on' });
    await cloud.server.runtime.schedule.wake('host-health');
    expect(await hostOf(hosts[1]!)).toMatchObject({ state: 'Up', resourcestate: 'Enabled' });
    await destroy(vm);
  });
});

const deployment = (params: Params): Params => ({
  zoneid: cloud.zone.zoneId,
  templateid: cloud.templateId,
  serviceofferingid: cloud.offeringId,
  ...params,
});

async function alertCauses(): Promise<string[]> {
  return (await rows<{ cause: string }>('SELECT open_cause AS cause FROM alert WHERE open_cause IS NOT NULL')).map(({ cause }) => cause);
}
