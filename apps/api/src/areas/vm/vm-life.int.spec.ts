// The life of machines through the API on the simulator: every command, what it leaves in the database and on the hosts.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Body } from '../../../test/harness/api-client.ts';
import { type Cloud, startCloud } from '../../../test/harness/cloud.ts';

let cloud: Cloud;

beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(async () => cloud.stop());

const vmOf = async (id: unknown): Promise<Body> => (await cloud.server.admin.list('listVirtualMachines', { id: String(id) }))[0]!;
const query = <Row>(sql: string, values: unknown[] = []) => cloud.server.dataSource.query<Row[]>(sql, values);
const capacity = async () =>
  (
    await query<{ cpu: number; memory: number }>(
      'SELECT SUM(reserved_cpu_mhz) AS cpu, SUM(reserved_memory_mib) AS memory FROM host_capacity',
    )
  )[0]!;
const takenAddresses = async () =>
  (await query<{ taken: number }>("SELECT COUNT(*) AS taken FROM guest_address WHERE state = 'Allocated'"))[0]!.taken;

/** Machines that simulated hosts run now. */
async function runningMachines(): Promise<string[]> {
  return (await keptMachines())
    .filter(({ power }) => power === 'running')
    .map(({ name }) => name)
    .sort();
}

/** All of which a host has a serial log. */
async function keptMachines(): Promise<{ name: string; power: string }[]> {
  cloud.fleet.catchUp();
  const hosts = await query<{ address: string }>('SELECT address FROM host');
  return hosts.flatMap(({ address }) => [...(cloud.fleet.findHost(address)?.machines?.values() ?? [])]);
}

describe('deployVirtualMachine', () => {
  it('answers with the ids of machine and job at once, then runs it on the host it names (L01)', async () => {
    const reply = await cloud.server.admin.call('deployVirtualMachine', {
      zoneid: cloud.zone.zoneId,
      templateid: cloud.templateId,
      serviceofferingid: cloud.offeringId,
      name: 'web1',
      displayname: 'Web * Server+1 ~é [a,b]/x',
      group: 'front',
    });
    expect(Object.keys(reply).sort()).toEqual(['id', 'jobid']);
    const vm = await cloud.server.admin.result(String(reply['jobid']));
    expect(vm).toMatchObject({
      id: reply['id'],
      name: 'web1',
      displayname: 'Web * Server+1 ~é [a,b]/x',
      group: 'front',
      state: 'Running',
      cpunumber: 1,
      cpuspeed: 500,
      memory: 256,
      hypervisor: 'Simulator',
    });
    expect(cloud.zone.hostIds).toContain(vm['hostid']);
    const nic = (vm['nic'] as Body[])[0]!;
    expect(nic).toMatchObject({ isdefault: true, netmask: '255.255.0.0', gateway: '10.1.0.1', networkid: cloud.zone.networkId });
    expect(nic['ipaddress']).toMatch(/^10\.1\.0\.\d+$/);
    expect(nic['macaddress']).toMatch(/^06(:[0-9a-f]{2}){5}$/);
    expect(await runningMachines()).toContain(vm['instancename']);
  });

  it('with startvm=false makes rows only: no machine, no address, no capacity, the root volume only Allocated (L02)', async () => {
    const before = await Promise.all([capacity(), takenAddresses(), runningMachines()]);
    const vm = await cloud.deploy({ name: 'asleep', startvm: 'False' });
    expect(vm['state']).toBe('Stopped');
    const [volume] = await cloud.server.admin.list('listVolumes', { virtualmachineid: String(vm['id']) });
    expect(volume).toMatchObject({ type: 'ROOT', state: 'Allocated' });
    expect(await Promise.all([capacity(), takenAddresses(), runningMachines()])).toEqual(before);
    expect(await cloud.server.admin.run('startVirtualMachine', { id: String(vm['id']) })).toMatchObject({ state: 'Running' });
  });

  it('takes the address, size, disk and user data that it is asked for', async () => {
    const userdata = Buffer.alloc(32 * 1024, 'x').toString('base64');
    const offering = (await cloud.server.admin.list('listDiskOfferings', { name: 'Small' }))[0]!;
    const vm = await cloud.deploy({
      name: 'asked',
      ipaddress: '10.1.0.77',
      macaddress: '02-00-00-00-00-77',
      rootdisksize: 2,
      diskofferingid: String(offering['id']),
      userdata,
    });
    expect((vm['nic'] as Body[])[0]).toMatchObject({ ipaddress: '10.1.0.77', macaddress: '02:00:00:00:00:77' });
    const volumes = await cloud.server.admin.list('listVolumes', { virtualmachineid: String(vm['id']) });
    expect(volumes.map(({ type, size, state }) => ({ type, size, state }))).toEqual([
      { type: 'ROOT', size: 2 * 2 ** 30, state: 'Ready' },
      { type: 'DATADISK', size: Number(offering['disksize']) * 2 ** 30, state: 'Ready' },
    ]);
    const virtualmachineid = String(vm['id']);
    expect(await cloud.server.admin.call('getVirtualMachineUserData', { virtualmachineid })).toEqual({
      virtualmachineuserdata: { virtualmachineid, userdata },
    });
  });

  it('may have the name of another account’s machine', async () => {
    const { admin } = cloud.server;
    const { account } = (await admin.call('createAccount', {
      username: 'namesake',
      password: 'a-Long-passw0rd',
      email: 'namesake@example.test',
      firstname: 'F',
      lastname: 'L',
    })) as { account: { name: string; domainid: string } };
    const owner = { account: account.name, domainid: account.domainid };
    const first = await cloud.deploy({ name: 'same' });
    const second = await cloud.deploy({ name: 'same', ...owner });
    expect([first['account'], second['account']]).toEqual(['admin', 'namesake']);
    await expect(cloud.deploy({ name: 'same', ...owner })).rejects.toThrow('named same exists already in this zone and account');
    for (const { id } of [first, second]) await admin.run('destroyVirtualMachine', { id: String(id), expunge: true });
  });

  it('goes to the pod and cluster that an administrator names, or nowhere', async () => {
    const { admin } = cloud.server;
    const within = { podid: cloud.zone.podId, clusterid: cloud.zone.clusterId };
    expect(await cloud.deploy({ name: 'within', ...within })).toMatchObject({ state: 'Running' });
    const { cluster } = (await admin.call('addCluster', {
      zoneid: cloud.zone.zoneId,
      podid: cloud.zone.podId,
      hypervisor: 'Simulator',
      clustertype: 'CloudManaged',
      clustername: 'empty',
    })) as { cluster: Body[] };
    const elsewhere = {
      zoneid: cloud.zone.zoneId,
      templateid: cloud.templateId,
      serviceofferingid: cloud.offeringId,
      clusterid: String(cluster[0]!['id']),
    };
    expect((await admin.refused('deployVirtualMachine', elsewhere)).code).toBe(533);
  });

  it.each([
    ['a name that exists', { name: 'web1' }, 431, /named web1 exists already/],
    ['a name that is no host name', { name: 'web_1' }, 431, /name/],
    ['a taken address', { ipaddress: '10.1.0.77' }, 431, /ipaddress/],
    ['an address outside the ranges', { ipaddress: '10.9.0.1' }, 431, /ipaddress/],
    ['a taken MAC address', { macaddress: '02:00:00:00:00:77' }, 431, /macaddress: another card has/],
    ['a MAC address that a router may have', { macaddress: '0e:00:00:00:01:01' }, 431, /macaddress .* given to machines here/],
    ['a root disk below the template', { rootdisksize: 0 }, 431, /rootdisksize/],
    ['a size without a disk offering', { size: 5 }, 431, /size/],
    ['user data that is not base64', { userdata: '%%%' }, 431, /userdata/],
    ['another hypervisor', { hypervisor: 'XenServer' }, 431, /hypervisor/],
    ['details for a fixed offering', { 'details[0].cpuNumber': 4 }, 431, /cpuNumber/],
    [
      'an unknown template',
      { templateid: '11111111-1111-4111-8111-111111111111' },
      431,
      /Invalid parameter templateid value=11111111-1111-4111-8111-111111111111 due to incorrect long value format, or entity does not exist/,
    ],
  ])('refuses %s and leaves nothing', async (_name, params, code, text) => {
    const before = await Promise.all([
      query('SELECT COUNT(*) AS n FROM virtual_machine'),
      query('SELECT COUNT(*) AS n FROM volume'),
      query('SELECT COUNT(*) AS n FROM nic'),
      capacity(),
      takenAddresses(),
    ]);
    const error = await cloud.server.admin.refused('deployVirtualMachine', {
      zoneid: cloud.zone.zoneId,
      templateid: cloud.templateId,
      serviceofferingid: cloud.offeringId,
      ...params,
    });
    expect(error).toMatchObject({ code, envelope: 'deployvirtualmachineresponse' });
    expect(error.text).toMatch(text);
    expect(
      await Promise.all([
        query('SELECT COUNT(*) AS n FROM virtual_machine'),
        query('SELECT COUNT(*) AS n FROM volume'),
        query('SELECT COUNT(*) AS n FROM nic'),
        capacity(),
        takenAddresses(),
      ]),
    ).toEqual(before);
  });

  it('without room ends with 533 and the reason for every host, and leaves nothing', async () => {
    const { serviceoffering } = (await cloud.server.admin.call('createServiceOffering', {
      name: 'huge',
      displaytext: 'huge',
      cpunumber: 2,
      cpuspeed: 1000,
      memory: 1_000_000,
    })) as { serviceoffering: { id: string } };
    const before = await Promise.all([query('SELECT COUNT(*) AS n FROM virtual_machine'), capacity()]);
    const error = await cloud.server.admin.refused('deployVirtualMachine', {
      zoneid: cloud.zone.zoneId,
      templateid: cloud.templateId,
      serviceofferingid: serviceoffering.id,
    });
    expect(error.code).toBe(533);
    expect(error.text).toMatch(/1000000 MiB of memory/);
    expect(error.text).toMatch(/sim-1.one/);
    expect(error.text).toMatch(/sim-2.one/);
    expect(await Promise.all([query('SELECT COUNT(*) AS n FROM virtual_machine'), capacity()])).toEqual(before);
  });
});

describe('stop, start, reboot', () => {
  it('keeps address and disks and gives the room back while it is stopped (L04)', async () => {
    const vm = await cloud.deploy({ name: 'cycle', hostid: cloud.zone.hostIds[0]! });
    const id = String(vm['id']);
    const full = await capacity();
    const stopped = await cloud.server.admin.run('stopVirtualMachine', { id });
    expect(stopped).toMatchObject({ state: 'Stopped' });
    expect(stopped).not.toHaveProperty('hostid');
    expect(await capacity()).toEqual({ cpu: full.cpu - 500, memory: full.memory - 256 });
    expect(await runningMachines()).not.toContain(vm['instancename']);
    const started = await cloud.server.admin.run('startVirtualMachine', { id, hostid: cloud.zone.hostIds[1]! });
    expect(started).toMatchObject({ state: 'Running', hostid: cloud.zone.hostIds[1], nic: vm['nic'] });
    expect(await capacity()).toEqual(full);
    expect(await cloud.server.admin.run('rebootVirtualMachine', { id })).toMatchObject({ state: 'Running' });
  });

  it('leaves no serial log on the host where it ran before, when it starts elsewhere and when it is destroyed while stopped', async () => {
    const vm = await cloud.deploy({ name: 'wanderer', hostid: cloud.zone.hostIds[0]! });
    const id = String(vm['id']);
    const kept = async () => (await keptMachines()).filter(({ name }) => name === vm['instancename']).map(({ power }) => power);
    await cloud.server.admin.run('stopVirtualMachine', { id });
    expect(await kept()).toEqual(['stopped']);
    await cloud.server.admin.run('startVirtualMachine', { id, hostid: cloud.zone.hostIds[1]! });
    expect(await kept()).toEqual(['running']);
    await cloud.server.admin.run('stopVirtualMachine', { id });
    await cloud.server.admin.run('destroyVirtualMachine', { id, expunge: true });
    expect(await kept()).toEqual([]);
  });

  it('cuts the power of a guest that ignores the button', async () => {
    const vm = await cloud.deploy({ name: 'deaf' });
    const { address } = (await query<{ address: string }>('SELECT address FROM host WHERE uuid = ?', [vm['hostid']]))[0]!;
    cloud.fleet.fail(address, 'stopMachine', { kind: 'busy' }, 1);
    expect(await cloud.server.admin.run('stopVirtualMachine', { id: String(vm['id']) })).toMatchObject({ state: 'Stopped' });
    expect(await runningMachines()).not.toContain(vm['instancename']);
  });

  it('refuses what the state does not allow and says what would', async () => {
    const vm = await cloud.deploy({ name: 'stateful' });
    const error = await cloud.server.admin.refused('startVirtualMachine', { id: String(vm['id']) });
    expect(error.text).toBe(
      'virtual machine stateful is Running; this is possible only while it is Stopped: call stopVirtualMachine first',
    );
  });
});

describe('updateVirtualMachine', () => {
  it('changes names, group and user data; the host name only while it is stopped', async () => {
    const vm = await cloud.deploy({ name: 'old' });
    const id = String(vm['id']);
    expect(await cloud.server.admin.call('updateVirtualMachine', { id, displayname: 'New', group: 'g', haenable: true })).toMatchObject({
      virtualmachine: { displayname: 'New', group: 'g', haenable: true },
    });
    expect((await cloud.server.admin.refused('updateVirtualMachine', { id, name: 'new' })).text).toMatch(/only while it is Stopped/);
    await cloud.server.admin.run('stopVirtualMachine', { id, forced: true });
    expect(await cloud.server.admin.call('updateVirtualMachine', { id, name: 'new', group: '' })).toMatchObject({
      virtualmachine: { name: 'new' },
    });
    expect((await cloud.server.admin.refused('updateVirtualMachine', { id, name: 'web1' })).text).toMatch(/named web1 exists already/);
  });
});

describe('destroy, recover, expunge', () => {
  it('can be recovered until it is expunged, and then leaves nothing (L05)', async () => {
    const before = await Promise.all([capacity(), takenAddresses(), query('SELECT SUM(reserved_bytes) AS n FROM storage_pool')]);
    const vm = await cloud.deploy({ name: 'doomed' });
    const id = String(vm['id']);
    expect(await cloud.server.admin.run('destroyVirtualMachine', { id })).toMatchObject({ state: 'Destroyed' });
    expect(await runningMachines()).not.toContain(vm['instancename']);
    expect(await cloud.server.admin.call('recoverVirtualMachine', { id })).toMatchObject({ virtualmachine: { state: 'Stopped' } });
    expect(await cloud.server.admin.run('startVirtualMachine', { id })).toMatchObject({ state: 'Running', nic: vm['nic'] });
    await cloud.server.admin.run('stopVirtualMachine', { id, forced: true });
    const result = await cloud.server.admin.run('destroyVirtualMachine', { id, expunge: true });
    expect(result).toMatchObject({ id, name: 'doomed' });
    expect((await cloud.server.admin.refused('listVirtualMachines', { id })).text).toContain('entity does not exist');
    expect((await cloud.server.admin.refused('destroyVirtualMachine', { id, expunge: true })).code).toBe(431);
    expect(await Promise.all([capacity(), takenAddresses(), query('SELECT SUM(reserved_bytes) AS n FROM storage_pool')])).toEqual(before);
    expect(await query('SELECT * FROM volume WHERE vm_id NOT IN (SELECT id FROM virtual_machine)')).toEqual([]);
  });

  it('expunges a destroyed machine on request, and only such a one', async () => {
    const vm = await cloud.deploy({ name: 'gone' });
    await cloud.server.admin.run('stopVirtualMachine', { id: String(vm['id']), forced: true });
    const error = await cloud.server.admin.refused('expungeVirtualMachine', { id: String(vm['id']) });
    expect(error.text).toMatch(/virtual machine gone is Stopped.*call destroyVirtualMachine first/);
    await cloud.server.admin.run('destroyVirtualMachine', { id: String(vm['id']) });
    expect(await cloud.server.admin.run('expungeVirtualMachine', { id: String(vm['id']) })).toMatchObject({ success: true });
    expect(await query("SELECT * FROM virtual_machine WHERE name = 'gone'")).toEqual([]);
  });

  it('by itself after the delay', async () => {
    const vm = await cloud.deploy({ name: 'later' });
    await cloud.server.admin.run('destroyVirtualMachine', { id: String(vm['id']) });
    await cloud.server.admin.call('updateConfiguration', { name: 'expunge.delay', value: '0' });
    await cloud.server.runtime.schedule.wake('expunge');
    await expect.poll(async () => query("SELECT * FROM virtual_machine WHERE name = 'later'"), { timeout: 5_000 }).toEqual([]);
    await cloud.server.admin.call('updateConfiguration', { name: 'expunge.delay', value: '86400' });
  });
});

describe('what hosts report', () => {
  it('makes a machine that was destroyed outside Stopped, with an event (H11)', async () => {
    const vm = await cloud.deploy({ name: 'killed' });
    const { address } = (await query<{ address: string }>('SELECT address FROM host WHERE uuid = ?', [vm['hostid']]))[0]!;
    const before = await capacity();
    await query("UPDATE virtual_machine SET state_changed_at = state_changed_at - INTERVAL 1 MINUTE WHERE name = 'killed'");
    cloud.fleet.outOfBand.destroyMachine(address, String(vm['instancename']));
    await cloud.server.runtime.schedule.wake('power-state');
    expect(await vmOf(vm['id'])).toMatchObject({ state: 'Stopped' });
    expect(await capacity()).toEqual({ cpu: before.cpu - 500, memory: before.memory - 256 });
    const events = await cloud.server.admin.list('listEvents', { type: 'VM.STOP', level: 'WARN' });
    expect(events[0]!['description']).toMatch(/killed is no longer running/);
  });

  it('lists machines that are not ours and never touches them (H10)', async () => {
    const { address } = (await query<{ address: string }>('SELECT address FROM host LIMIT 1'))[0]!;
    cloud.fleet.outOfBand.startForeignMachine(address, 'stranger', randomUUID());
    await cloud.server.runtime.schedule.wake('power-state');
    expect(await runningMachines()).toContain('stranger');
    const alerts = await cloud.server.admin.list('listAlerts', { type: 'ALERT.HOST.ORPHANS' });
    expect(JSON.stringify(alerts)).toContain('stranger');
  });
});

describe('listVirtualMachines', () => {
  it('finds by name, state, host, zone and keyword, and counts all', async () => {
    const { admin } = cloud.server;
    const all = await admin.call('listVirtualMachines', { listall: true });
    const page = await admin.call('listVirtualMachines', { listall: true, page: 1, pagesize: 2 });
    expect(page['count']).toBe(all['count']);
    expect((page['virtualmachine'] as Body[]).length).toBe(2);
    expect(await admin.list('listVirtualMachines', { name: 'web1' })).toMatchObject([{ name: 'web1' }]);
    expect(await admin.list('listVirtualMachines', { keyword: 'Server+1' })).toMatchObject([{ name: 'web1' }]);
    for (const vm of await admin.list('listVirtualMachines', { state: 'Running' })) expect(vm['state']).toBe('Running');
    for (const vm of await admin.list('listVirtualMachines', { hostid: cloud.zone.hostIds[0] }))
      expect(vm['hostid']).toBe(cloud.zone.hostIds[0]);
    expect(await admin.call('listVirtualMachines', { name: 'nobody' })).toEqual({});
  });
});
