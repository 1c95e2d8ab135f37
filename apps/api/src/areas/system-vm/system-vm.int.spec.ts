// The life of system machines on the simulator: made when a zone has what they need, kept, replaced, ended.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Body } from '../../../test/harness/api-client.ts';
import { type Cloud, startCloud } from '../../../test/harness/cloud.ts';
import { startCloudWithSystemVms, systemVms, systemVmsUp, until, wantSystemVms } from '../../../test/harness/system-vms.ts';

let cloud: Cloud;

beforeAll(async () => {
  cloud = await startCloudWithSystemVms();
});

afterAll(async () => {
  await cloud.stop();
});

const oneOf = async (systemvmtype: string): Promise<Body> => (await systemVms(cloud, { systemvmtype }))[0]!;
const wake = (name: string) => cloud.server.runtime.schedule.wake(name);
const alerts = async () =>
  (
    await cloud.server.dataSource.query<{ content: string }[]>(
      "SELECT content FROM alert WHERE open_cause LIKE 'system-vm/%' ORDER BY content",
    )
  ).map(({ content }) => content);
/** Rows that are older than what hosts say. */
const settle = () => cloud.server.dataSource.query("UPDATE system_vm SET state_changed_at = '2020-01-01'");
const differences = () => cloud.server.admin.list('verifyInventory');

describe('a zone that is enabled', () => {
  it('CS-41 has one machine of each kind, as clients look for them', async () => {
    const machines = await systemVms(cloud);
    expect(machines.map(({ name }) => String(name).replace(/\d+/, 'n')).sort()).toEqual(['s-n-VM', 'v-n-VM']);
    expect(await oneOf('secondarystoragevm')).toMatchObject({
      state: 'Running',
      agentstate: 'Up',
      zoneid: cloud.zone.zoneId,
      podid: cloud.zone.podId,
      hypervisor: 'Simulator',
      privateip: expect.stringMatching(/^10\.0\.200\./),
      publicip: expect.stringMatching(/^10\.0\.200\./),
      privatenetmask: '255.255.0.0',
      gateway: '10.0.0.1',
      dns1: '10.0.0.2',
      linklocalip: expect.stringMatching(/^169\.254\./),
    });
    expect(await alerts()).toEqual([]);
    expect(await differences()).toEqual([]);
  });

  it('knows them as its own on their host, whoever looks there', async () => {
    const { hostid, hostname } = await oneOf('consoleproxy');
    const looked = await cloud.server.admin.list('runDoctor', { host: String(hostname), password: 'password' });
    expect(looked.find(({ code }) => code === 'host.foreignMachines')).toMatchObject({ level: 'green', measured: 'none' });
    await cloud.server.admin.run('reconnectHost', { id: String(hostid) });
    const [host] = await cloud.server.dataSource.query<{ checks: string }[]>('SELECT checks FROM host WHERE uuid = ?', [hostid]);
    expect(host!.checks).not.toContain('not ours');
  });

  it('shows them to administrators alone', async () => {
    expect((await cloud.server.anonymous.refused('listSystemVms')).code).toBe(401);
  });

  it('finds them by name, host and storage', async () => {
    const vm = await oneOf('consoleproxy');
    expect(await systemVms(cloud, { name: String(vm['name']) })).toHaveLength(1);
    expect(await systemVms(cloud, { keyword: String(vm['name']) })).toHaveLength(1);
    expect(await systemVms(cloud, { hostid: String(vm['hostid']), systemvmtype: 'consoleproxy' })).toHaveLength(1);
    expect(await systemVms(cloud, { storageid: cloud.zone.poolId, state: 'Running' })).toHaveLength(2);
    expect(await systemVms(cloud, { arch: 'aarch64' })).toEqual([]);
  });

  it('counts the addresses that they hold', async () => {
    const [capacity] = await cloud.server.admin.list('listCapacity', { zoneid: cloud.zone.zoneId, type: 5 });
    expect(capacity).toMatchObject({ capacityused: 2, capacitytotal: 50 });
  });
});

describe('the host of one', () => {
  it('T29 knows which addresses each of its machines may have, and learns it again when somebody has flushed that', async () => {
    const { hostname, linklocalip, linklocalmacaddress } = await oneOf('consoleproxy');
    const known = () => {
      cloud.fleet.catchUp();
      return [...(cloud.fleet.findHost(String(hostname))?.controlCards?.values() ?? [])];
    };
    expect(known()).toContain(`${String(linklocalmacaddress)} ${String(linklocalip)}`);
    const before = known().toSorted();
    cloud.fleet.outOfBand.flushFilters(String(hostname));
    expect(known()).toEqual([]);
    await wake('guest-filters');
    expect(known().toSorted()).toEqual(before);
  });

  it('T29 is closed to it again when somebody has opened it, and says when it can not be', async () => {
    const { hostname } = await oneOf('consoleproxy');
    const open = () => cloud.server.dataSource.query<unknown[]>("SELECT 1 FROM alert WHERE open_cause LIKE '%/filters'");
    cloud.fleet.fail(String(hostname), 'networks.ensureControlBridge', { kind: 'refused' }, 100);
    await wake('guest-filters');
    expect(await open()).toHaveLength(1);
    cloud.fleet.clearFaults();
    await wake('guest-filters');
    expect(await open()).toEqual([]);
  });
});

describe('replacing', () => {
  it('makes exactly one in place of one that was destroyed', async () => {
    const before = await oneOf('consoleproxy');
    await cloud.server.admin.run('destroySystemVm', { id: String(before['id']) });
    await systemVmsUp(cloud);
    const after = await systemVms(cloud, { systemvmtype: 'consoleproxy' });
    expect(after).toHaveLength(1);
    expect(after[0]!['id']).not.toBe(before['id']);
    expect(await differences()).toEqual([]);
  });

  it('starts one again that lost its power, once', async () => {
    const before = await oneOf('secondarystoragevm');
    cloud.fleet.outOfBand.destroyMachine(String(before['hostname']), String(before['name']));
    await settle();
    await wake('power-state');
    await until(cloud, (machines) => machines.every(({ state }) => state !== 'Stopped'));
    await systemVmsUp(cloud);
    expect(await differences()).toEqual([]);
  });

  it('makes one elsewhere when the host is Down, and ends the lost one when it is back', async () => {
    const before = await oneOf('consoleproxy');
    const host = String(before['hostname']);
    cloud.fleet.setPower(host, 'unreachable');
    await cloud.server.dataSource.query("UPDATE host SET state = 'Down', version = version + 1 WHERE name = ?", [host]);
    await until(cloud, (machines) =>
      machines.some(({ systemvmtype, state, hostname }) => systemvmtype === 'consoleproxy' && state === 'Running' && hostname !== host),
    );
    expect((await systemVms(cloud, { systemvmtype: 'consoleproxy' })).map(({ state }) => state).sort()).toEqual(['Destroying', 'Running']);
    cloud.fleet.setPower(host, 'on');
    await wake('host-health');
    await cloud.server.dataSource.query("UPDATE job SET created = '2020-01-01' WHERE subject_type = 'SystemVm'");
    await systemVmsUp(cloud);
    expect(await differences()).toEqual([]);
  });

  it('replaces one whose agent has been silent for too long', async () => {
    const before = await oneOf('consoleproxy');
    cloud.fleet.outOfBand.pauseMachine(String(before['hostname']), String(before['name']));
    await until(cloud, (machines) => machines.some(({ id, agentstate }) => id === before['id'] && agentstate === 'Disconnected'), 25_000);
    await cloud.server.dataSource.query('UPDATE system_vm SET agent_changed_at = agent_changed_at - INTERVAL 60 SECOND');
    await wake('system-vm');
    expect((await alerts())[0]).toContain('does not answer');
    await cloud.server.dataSource.query("UPDATE system_vm SET agent_changed_at = '2020-01-01' WHERE agent_state <> 'Up'");
    await until(cloud, (machines) => !machines.some(({ id }) => id === before['id']));
    await systemVmsUp(cloud);
    await wake('system-vm');
    expect(await alerts()).toEqual([]);
  });
});

describe('on request', () => {
  it('leaves one off that an administrator has stopped', async () => {
    const { id } = await oneOf('consoleproxy');
    const vm = { id: String(id) };
    expect(await cloud.server.admin.run('stopSystemVm', vm)).toMatchObject({ state: 'Stopped', agentstate: 'Disconnected' });
    await wake('system-vm');
    expect(await systemVms(cloud, { systemvmtype: 'consoleproxy' })).toMatchObject([{ id, state: 'Stopped' }]);
    expect((await cloud.server.admin.refused('stopSystemVm', vm)).text).toContain('is Stopped');
    expect(await cloud.server.admin.run('startSystemVm', vm)).toMatchObject({ state: 'Running', agentstate: 'Up' });
    expect(await cloud.server.admin.run('rebootSystemVm', vm)).toMatchObject({ id, state: 'Running', agentstate: 'Up' });
    expect(await differences()).toEqual([]);
  });

  it('moves one to another host while it runs', async () => {
    const before = await oneOf('secondarystoragevm');
    const moved = await cloud.server.admin.run('migrateSystemVm', { virtualmachineid: String(before['id']), autoselect: true });
    expect(moved['hostid']).not.toBe(before['hostid']);
    expect(await differences()).toEqual([]);
    const refused = await cloud.server.admin.refused('migrateSystemVm', {
      virtualmachineid: String(before['id']),
      hostid: String(moved['hostid']),
    });
    expect(refused.text).toContain('already');
  });

  it('empties a host that goes into maintenance', async () => {
    const { hostid } = await oneOf('secondarystoragevm');
    const job = cloud.server.admin.run('prepareHostForMaintenance', { id: String(hostid) });
    await until(cloud, (machines) => machines.every((vm) => vm['hostid'] !== hostid && vm['state'] === 'Running'));
    await job;
    await wake('host-maintenance');
    await cloud.server.admin.run('cancelHostMaintenance', { id: String(hostid) });
    await systemVmsUp(cloud);
    expect(await differences()).toEqual([]);
  });

  it('leaves them on a host that is not Up, and says so', async () => {
    const { hostid } = await oneOf('secondarystoragevm');
    const become = (state: string) => cloud.server.dataSource.query('UPDATE host SET state = ? WHERE uuid = ?', [state, hostid]);
    await become('Disconnected');
    const refused = await cloud.server.admin.refused('prepareHostForMaintenance', { id: String(hostid) });
    await become('Up');
    expect(refused.text).toContain('is Disconnected, so its machines cannot be moved: bring it up first');
    expect((await cloud.server.admin.list('listHosts', { id: String(hostid) }))[0]).toMatchObject({ resourcestate: 'Enabled' });
  });

  it('ends them where a zone is not to have any', async () => {
    await wantSystemVms(cloud, false);
    await until(cloud, (machines) => machines.length === 0);
    expect(await cloud.server.dataSource.query('SELECT * FROM system_nic')).toEqual([]);
    expect(await differences()).toEqual([]);
    await wantSystemVms(cloud, true);
    await systemVmsUp(cloud);
  });
});

describe('a reserved range', () => {
  it('keeps the addresses that are in use', async () => {
    const refused = await cloud.server.admin.refused('updatePod', { id: cloud.zone.podId, startip: '10.0.200.40' });
    expect(refused.text).toContain('a system machine has the address 10.0.200.');
  });

  it('tells in words that it is used up', async () => {
    const vm = await oneOf('consoleproxy');
    await cloud.server.admin.call('updateZone', { id: cloud.zone.zoneId, allocationstate: 'Disabled' });
    await cloud.server.admin.run('destroySystemVm', { id: String(vm['id']) });
    const taken = String((await oneOf('secondarystoragevm'))['privateip']);
    await cloud.server.admin.call('updatePod', { id: cloud.zone.podId, startip: taken, endip: taken });
    await cloud.server.admin.call('updateZone', { id: cloud.zone.zoneId, allocationstate: 'Enabled' });
    await wake('system-vm');
    expect((await alerts())[0]).toMatch(/pod pod-one has no free address in its reserved range .* updatePod/);
    await cloud.server.admin.call('updatePod', { id: cloud.zone.podId, startip: '10.0.200.1', endip: '10.0.200.50' });
    await systemVmsUp(cloud);
    await wake('system-vm');
    expect(await alerts()).toEqual([]);
  });
});

describe('a zone that is taken down', () => {
  it('keeps storage that system machines use, and lets hosts go with theirs', async () => {
    const { admin } = cloud.server;
    expect((await admin.refused('deleteStoragePool', { id: cloud.zone.poolId })).text).toContain('destroySystemVm');
    await admin.call('updateZone', { id: cloud.zone.zoneId, allocationstate: 'Disabled' });
    for (const id of cloud.zone.hostIds) await admin.call('deleteHost', { id });
    expect(await systemVms(cloud)).toEqual([]);
    expect(await cloud.server.dataSource.query('SELECT * FROM system_nic')).toEqual([]);
  });
});

describe('a zone that lacks something', () => {
  it('says what in an alert, and takes it back when that has come', async () => {
    const bare = await startCloud({ hosts: 1, label: 'bare', systemVms: true });
    try {
      await systemVmsUp(bare);
      const open = () =>
        bare.server.dataSource.query<{ content: string }[]>("SELECT content FROM alert WHERE open_cause LIKE 'system-vm/%'");
      await bare.server.admin.call('updateHost', { id: bare.zone.hostIds[0], allocationstate: 'Disable' });
      const [proxy] = await systemVms(bare, { systemvmtype: 'consoleproxy' });
      await bare.server.admin.run('destroySystemVm', { id: String(proxy!['id']) });
      await bare.server.runtime.schedule.wake('system-vm');
      expect(await open()).toMatchObject([{ content: expect.stringContaining('has no host that is Up and enabled') }]);
      await bare.server.admin.call('updateHost', { id: bare.zone.hostIds[0], allocationstate: 'Enable' });
      await systemVmsUp(bare);
      await bare.server.runtime.schedule.wake('system-vm');
      expect(await open()).toEqual([]);
    } finally {
      await bare.stop();
    }
  });
});
