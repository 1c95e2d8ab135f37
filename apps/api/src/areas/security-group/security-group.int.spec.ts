// Security groups over the API, and what of them arrives at the (simulated) hosts.
import { guestTapName } from '@strata/domain';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Body } from '../../../test/harness/api-client.ts';
import { type Cloud, startCloud } from '../../../test/harness/cloud.ts';
import { createTenants, type Tenants } from '../../../test/harness/tenants.ts';

let cloud: Cloud;
let tenants: Tenants;

beforeAll(async () => {
  cloud = await startCloud({ hosts: 2 });
  tenants = await createTenants(cloud.server);
  await cloud.server.runtime.schedule.stop();
});
afterAll(() => cloud.stop());

const reconcile = () => cloud.server.runtime.schedule.wake('guest-filters');
const idOf = async (vm: Body) =>
  (await cloud.server.dataSource.query<{ id: number }[]>('SELECT id FROM virtual_machine WHERE uuid = ?', [vm['id']]))[0]!.id;
const hostAddress = async (vm: Body) =>
  (await cloud.server.dataSource.query<{ address: string }[]>('SELECT address FROM host WHERE uuid = ?', [vm['hostid']]))[0]!.address;

/** Digest of the filter that the machine's host has for its card. */
async function filterOf(vm: Body): Promise<string | undefined> {
  cloud.fleet.catchUp();
  return cloud.fleet.findHost(await hostAddress(vm))?.filters?.get(guestTapName(await idOf(vm), 0));
}

async function createGroup(name: string): Promise<Body> {
  return (await cloud.server.admin.call('createSecurityGroup', { name }))['securitygroup'] as Body;
}

describe('groups', () => {
  it('exist from the start: each account has its default group, which stays', async () => {
    const groups = await cloud.server.admin.list('listSecurityGroups');
    expect(groups).toEqual([
      expect.objectContaining({
        name: 'default',
        account: 'admin',
        domainpath: 'ROOT',
        ingressrule: [],
        egressrule: [],
        virtualmachinecount: 0,
      }),
    ]);
    await expect(cloud.server.admin.call('deleteSecurityGroup', { id: String(groups[0]!['id']) })).rejects.toThrow(
      /default security group/,
    );
    await expect(cloud.server.admin.call('deleteSecurityGroup', { name: 'default' })).rejects.toThrow(/default security group/);
    await expect(cloud.server.admin.call('createSecurityGroup', { name: 'Default' })).rejects.toThrow(/each account has/);
    await expect(cloud.server.admin.call('updateSecurityGroup', { id: String(groups[0]!['id']), name: 'x' })).rejects.toThrow(
      /keeps its name/,
    );
    const own = await tenants.blue1.client.list('listSecurityGroups');
    expect(own.map(({ name, account }) => ({ name, account }))).toEqual([{ name: 'default', account: tenants.blue1.name }]);
  });

  it('are made, renamed, found and deleted; a name is taken once per account', async () => {
    const group = await createGroup('web');
    expect(group).toMatchObject({ name: 'web', description: '', virtualmachineids: [] });
    await expect(cloud.server.admin.call('createSecurityGroup', { name: 'WEB' })).rejects.toThrow(/already/);
    const renamed = await cloud.server.admin.call('updateSecurityGroup', { id: String(group['id']), name: 'front' });
    expect(renamed['securitygroup']).toMatchObject({ id: group['id'], name: 'front' });
    expect(await cloud.server.admin.list('listSecurityGroups', { securitygroupname: 'front' })).toHaveLength(1);
    expect(await cloud.server.admin.list('listSecurityGroups', { keyword: 'ron' })).toHaveLength(1);
    await cloud.server.admin.call('deleteSecurityGroup', { name: 'front' });
    expect(await cloud.server.admin.list('listSecurityGroups', { securitygroupname: 'front' })).toEqual([]);
  });

  it('of others do not exist for a user', async () => {
    const group = await createGroup('private');
    const id = String(group['id']);
    const rule = (
      await cloud.server.admin.run('authorizeSecurityGroupIngress', { securitygroupid: id, protocol: 'icmp', cidrlist: '0.0.0.0/0' })
    )['ingressrule'] as Body[];
    const { client } = tenants.blue1;
    for (const call of [
      client.call('deleteSecurityGroup', { id }),
      client.call('authorizeSecurityGroupIngress', { securitygroupid: id, protocol: 'all', cidrlist: '0.0.0.0/0' }),
      client.call('revokeSecurityGroupIngress', { id: String(rule[0]!['ruleid']) }),
      client.call('deployVirtualMachine', {
        zoneid: cloud.zone.zoneId,
        templateid: cloud.templateId,
        serviceofferingid: cloud.offeringId,
        securitygroupids: id,
      }),
    ])
      await expect(call).rejects.toThrow(/does not exist/);
    expect(await client.list('listSecurityGroups', { listall: true })).toHaveLength(1);
    await cloud.server.admin.call('deleteSecurityGroup', { id });
  });
});

describe('rules', () => {
  it('answer exactly what a call authorised, in the shape clients read', async () => {
    const group = String((await createGroup('shape'))['id']);
    const first = await cloud.server.admin.run('authorizeSecurityGroupIngress', {
      securitygroupid: group,
      protocol: 'TCP',
      startport: 22,
      endport: 23,
      cidrlist: '10.0.0.0/8,192.168.1.7',
    });
    expect(first['ingressrule']).toEqual([
      expect.objectContaining({ protocol: 'tcp', startport: 22, endport: 23, cidr: '10.0.0.0/8' }),
      expect.objectContaining({ cidr: '192.168.1.7/32', ruleid: expect.any(String) as string }),
    ]);
    const second = await cloud.server.admin.run('authorizeSecurityGroupIngress', {
      securitygroupname: 'shape',
      protocol: 'icmp',
      icmptype: 8,
      icmpcode: 0,
      'usersecuritygrouplist[0].account': 'admin',
      'usersecuritygrouplist[0].group': 'default',
    });
    expect(second['ingressrule']).toEqual([
      expect.objectContaining({ protocol: 'icmp', icmptype: 8, icmpcode: 0, securitygroupname: 'default', account: 'admin' }),
    ]);
    const out = await cloud.server.admin.run('authorizeSecurityGroupEgress', {
      securitygroupid: group,
      protocol: '47',
      cidrlist: '0.0.0.0/0',
    });
    expect(out).toMatchObject({ ingressrule: [], egressrule: [expect.objectContaining({ protocol: '47', cidr: '0.0.0.0/0' })] });
    const [all] = await cloud.server.admin.list('listSecurityGroups', { id: group });
    expect(all!['ingressrule']).toHaveLength(3);
    const { ruleid } = (out['egressrule'] as Body[])[0]!;
    await expect(cloud.server.admin.call('revokeSecurityGroupIngress', { id: String(ruleid) })).rejects.toThrow(/does not exist/);
    expect(await cloud.server.admin.run('revokeSecurityGroupEgress', { id: String(ruleid) })).toMatchObject({ success: true });
    expect((await cloud.server.admin.list('listSecurityGroups', { id: group }))[0]).toMatchObject({ egressrule: [] });
  });

  it.each([
    [{}, /at least one subnet/],
    [{ protocol: 'tcp', cidrlist: '0.0.0.0/0' }, /startport and endport are missing/],
    [{ protocol: 'carrier-pigeon', cidrlist: '0.0.0.0/0' }, /TCP, UDP, ICMP, ALL/],
    [{ cidrlist: 'everywhere' }, /cidrlist names "everywhere"/],
    [{ 'usersecuritygrouplist[0].account': 'admin', 'usersecuritygrouplist[0].group': 'nothing' }, /no security group named nothing/],
    [{ 'usersecuritygrouplist[0].account': 'nobody', 'usersecuritygrouplist[0].group': 'default' }, /no account named nobody/],
    [{ 'usersecuritygrouplist[0].group': 'default' }, /needs account and group/],
  ])('refuses %j', async (params, text) => {
    await expect(cloud.server.admin.call('authorizeSecurityGroupIngress', { securitygroupname: 'default', ...params })).rejects.toThrow(
      text,
    );
  });

  it('are authorised once: the same again is refused, and of a list only what is new is added', async () => {
    const securitygroupid = String((await createGroup('once'))['id']);
    const params = { securitygroupid, protocol: 'udp', startport: 53 };
    await cloud.server.admin.run('authorizeSecurityGroupIngress', { ...params, cidrlist: '10.0.0.0/8' });
    await expect(cloud.server.admin.call('authorizeSecurityGroupIngress', { ...params, cidrlist: '10.0.0.0/8' })).rejects.toThrow(
      /already/,
    );
    const more = await cloud.server.admin.run('authorizeSecurityGroupIngress', { ...params, cidrlist: '10.0.0.0/8,11.0.0.0/8' });
    expect((more['ingressrule'] as Body[]).map(({ cidr }) => cidr)).toEqual(['11.0.0.0/8']);
  });
});

describe('machines', () => {
  it('are in the default group unless others are named, and their filter is on the host when they run, gone when they do not', async () => {
    const vm = await cloud.deploy({ name: 'plain' });
    expect(vm['securitygroup']).toEqual([
      expect.objectContaining({ name: 'default', description: 'Default Security Group', account: 'admin' }),
    ]);
    expect(await filterOf(vm)).toMatch(/^[0-9a-f]{64}$/);
    const [group] = await cloud.server.admin.list('listSecurityGroups', { virtualmachineid: String(vm['id']) });
    expect(group).toMatchObject({ name: 'default', virtualmachinecount: 1, virtualmachineids: [vm['id']] });
    const id = String(group!['id']);
    expect((await cloud.server.admin.list('listVirtualMachines', { securitygroupid: id })).map((found) => found['id'])).toEqual([vm['id']]);
    await cloud.server.admin.run('stopVirtualMachine', { id: String(vm['id']) });
    expect(await filterOf(vm)).toBeUndefined();
    const started = await cloud.server.admin.run('startVirtualMachine', { id: String(vm['id']) });
    expect(await filterOf(started)).toBeDefined();
    await cloud.server.admin.run('destroyVirtualMachine', { id: String(vm['id']), expunge: true });
    expect(await filterOf(started)).toBeUndefined();
    expect((await cloud.server.admin.list('listSecurityGroups', { id }))[0]).toMatchObject({ virtualmachinecount: 0 });
  });

  it('change groups only while stopped; a group with machines in it is not deleted', async () => {
    const group = await createGroup('club');
    const vm = await cloud.deploy({ name: 'member', securitygroupnames: 'club,default' });
    expect((vm['securitygroup'] as Body[]).map(({ name }) => name)).toEqual(['default', 'club']);
    const id = String(vm['id']);
    await expect(cloud.server.admin.call('deleteSecurityGroup', { name: 'club' })).rejects.toThrow(/1 virtual machine is in/);
    await expect(cloud.server.admin.call('updateVirtualMachine', { id, securitygroupnames: 'default' })).rejects.toThrow(
      /only while it is Stopped/,
    );
    await cloud.server.admin.run('stopVirtualMachine', { id });
    const changed = await cloud.server.admin.call('updateVirtualMachine', { id, securitygroupids: String(group['id']) });
    expect(((changed['virtualmachine'] as Body)['securitygroup'] as Body[]).map(({ name }) => name)).toEqual(['club']);
    await expect(cloud.server.admin.call('updateVirtualMachine', { id, securitygroupnames: 'nosuch' })).rejects.toThrow(/named nosuch/);
    await cloud.server.admin.run('destroyVirtualMachine', { id, expunge: true });
    await cloud.server.admin.call('deleteSecurityGroup', { name: 'club' });
  });

  it('N16 get changed rules at once: those in the group, and those whose rules name the group of a new machine', async () => {
    await createGroup('front');
    await createGroup('back');
    const back = await cloud.deploy({ name: 'back', securitygroupnames: 'back' });
    const closed = await filterOf(back);
    const opened = await cloud.server.admin.run('authorizeSecurityGroupIngress', {
      securitygroupname: 'back',
      protocol: 'tcp',
      startport: 5432,
      'usersecuritygrouplist[0].account': 'admin',
      'usersecuritygrouplist[0].group': 'front',
    });
    // A group without members opens nothing yet.
    expect(await filterOf(back)).toBe(closed);
    const front = await cloud.deploy({ name: 'front', securitygroupnames: 'front' });
    const open = await filterOf(back);
    expect(open).not.toBe(closed);
    await expect(cloud.server.admin.call('deleteSecurityGroup', { name: 'front' })).rejects.toThrow(/in security group front/);
    await cloud.server.admin.run('revokeSecurityGroupIngress', { id: String((opened['ingressrule'] as Body[])[0]!['ruleid']) });
    expect(await filterOf(back)).toBe(closed);
    for (const vm of [front, back]) await cloud.server.admin.run('destroyVirtualMachine', { id: String(vm['id']), expunge: true });
  });

  it('T29 let nobody in by the address of a member that is expunged, nor by one of a member in another zone', async () => {
    for (const name of ['api', 'clients']) await createGroup(name);
    const api = await cloud.deploy({ name: 'api', securitygroupnames: 'api' });
    const rule = { securitygroupname: 'api', protocol: 'tcp', startport: 443 };
    await cloud.server.admin.run('authorizeSecurityGroupIngress', {
      ...rule,
      'usersecuritygrouplist[0].account': 'admin',
      'usersecuritygrouplist[0].group': 'clients',
    });
    const closed = await filterOf(api);
    const client = await cloud.deploy({ name: 'client', securitygroupnames: 'clients' });
    const open = await filterOf(api);
    expect(open).not.toBe(closed);

    const move = async (zone: string) =>
      cloud.server.dataSource.query(`UPDATE virtual_machine SET zone_id = ${zone} WHERE uuid = ?`, [client['id']]);
    await move('zone_id + 1000');
    await reconcile();
    expect(await filterOf(api)).toBe(closed);
    await move('zone_id - 1000');
    await reconcile();
    expect(await filterOf(api)).toBe(open);

    await cloud.server.admin.run('destroyVirtualMachine', { id: String(client['id']), expunge: true });
    expect(await filterOf(api)).toBe(closed);
    await cloud.server.admin.run('destroyVirtualMachine', { id: String(api['id']), expunge: true });
  });

  it('N16 get changed rules also on the host that they are moving to', async () => {
    await createGroup('moving');
    const vm = await cloud.deploy({ name: 'moving', securitygroupnames: 'moving' });
    const target = cloud.zone.hostIds.find((id) => id !== vm['hostid'])!;
    cloud.fleet.change({ do: 'latency', method: 'migrateMachine', ms: 3_000 });
    const { jobid } = await cloud.server.admin.call('migrateVirtualMachine', { virtualmachineid: String(vm['id']), hostid: target });
    const closed = await filterOf(vm);
    await expect.poll(() => filterOf({ ...vm, hostid: target }), { timeout: 5_000 }).toBe(closed);
    await cloud.server.admin.run('authorizeSecurityGroupIngress', { securitygroupname: 'moving', protocol: 'icmp', cidrlist: '0.0.0.0/0' });
    const [moving] = await cloud.server.admin.list('listVirtualMachines', { id: String(vm['id']) });
    const [here, there] = [await filterOf(vm), await filterOf({ ...vm, hostid: target })];
    cloud.fleet.change({ do: 'latency', method: 'migrateMachine', ms: 0 });
    expect(moving!['state']).toBe('Migrating');
    expect(here).not.toBe(closed);
    expect(there).toBe(here);
    await cloud.server.admin.result(String(jobid));
    await cloud.server.admin.run('destroyVirtualMachine', { id: String(vm['id']), expunge: true });
  });

  it('F32 whose filters were flushed by hand, or whose host took no change, get them from the reconciler; leftovers go', async () => {
    const vm = await cloud.deploy({ name: 'flushed' });
    const address = await hostAddress(vm);
    const before = await filterOf(vm);
    cloud.fleet.outOfBand.flushFilters(address);
    expect(await filterOf(vm)).toBeUndefined();
    await reconcile();
    expect(await filterOf(vm)).toBe(before);

    cloud.fleet.fail(address, 'filters.apply', { kind: 'unreachable' });
    await cloud.server.admin.run('authorizeSecurityGroupIngress', {
      securitygroupname: 'default',
      protocol: 'tcp',
      startport: 80,
      cidrlist: '0.0.0.0/0',
    });
    expect(await filterOf(vm)).toBe(before);
    await reconcile();
    expect(await filterOf(vm)).not.toBe(before);

    const stray = guestTapName(9_999_999, 0);
    cloud.fleet.change({ do: 'filter', host: address, tap: stray, digest: 'x' });
    await reconcile();
    cloud.fleet.catchUp();
    expect(cloud.fleet.findHost(address)!.filters!.has(stray)).toBe(false);
    await cloud.server.admin.run('destroyVirtualMachine', { id: String(vm['id']), expunge: true });
  });

  it('do not start on a host that does not take their filter, and an alert says so while others run there', async () => {
    const vm = await cloud.deploy({ name: 'first' });
    const address = await hostAddress(vm);
    cloud.fleet.fail(address, 'filters.apply', { kind: 'unsupported' }, 2);
    await expect(cloud.deploy({ name: 'second', hostid: String(vm['hostid']) })).rejects.toThrow();
    expect((await cloud.server.admin.list('listVirtualMachines', { listall: true })).map(({ name }) => name)).toEqual(['first']);
    cloud.fleet.outOfBand.flushFilters(address);
    await reconcile();
    const open = async () => (await cloud.server.admin.list('listAlerts', { type: '7' })).map(({ description }) => String(description));
    expect(await open()).toContainEqual(expect.stringContaining('does not take the filters'));
    await reconcile();
    expect(await filterOf(vm)).toBeDefined();
    await cloud.server.admin.run('destroyVirtualMachine', { id: String(vm['id']), expunge: true });
  });
});

it('go with their account', async () => {
  const { client, accountId } = tenants.red1;
  await client.call('createSecurityGroup', { name: 'mine' });
  expect(await client.list('listSecurityGroups')).toHaveLength(2);
  await cloud.server.admin.run('deleteAccount', { id: accountId });
  const left = await cloud.server.dataSource.query<unknown[]>("SELECT 1 FROM security_group WHERE name = 'mine'");
  expect(left).toEqual([]);
});
