// Physical networks, providers, networks and address ranges: what is refused, with its cause and without a trace, and what holds under load.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Body, Params } from '../../../test/harness/api-client.ts';
import { startTestServer, type TestServer } from '../../../test/harness/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server?.stop());

const id = (body: unknown): string => String((body as Body)['id']);
const nobody = '6f9619ff-8b86-4d01-b42d-00cf4fc964ff';

async function makeZone(networktype: 'Basic' | 'Advanced' = 'Basic'): Promise<string> {
  return id(
    (await server.admin.call('createZone', { name: `zone ${randomUUID()}`, networktype, dns1: '8.8.8.8', internaldns1: '10.0.0.2' }))[
      'zone'
    ],
  );
}

async function offeringId(name: string): Promise<string> {
  return id((await server.admin.list('listNetworkOfferings', { name }))[0]);
}

async function enableProviders(physicalnetworkid: string): Promise<void> {
  const { admin } = server;
  for (const element of await admin.list('listVirtualRouterElements'))
    await admin.run('configureVirtualRouterElement', { id: id(element), enabled: true });
  for (const provider of await admin.list('listNetworkServiceProviders', { physicalnetworkid }))
    await admin.run('updateNetworkServiceProvider', { id: id(provider), state: 'Enabled' });
}

interface Place {
  readonly zoneid: string;
  readonly physicalnetworkid: string;
  readonly networkid: string;
  readonly podid: string;
}

async function makeBasicZone(): Promise<Place> {
  const { admin } = server;
  const zoneid = await makeZone();
  const physicalnetworkid = id(await admin.run('createPhysicalNetwork', { zoneid, name: 'wire' }));
  await admin.run('addTrafficType', { physicalnetworkid, traffictype: 'Guest' });
  await admin.run('addTrafficType', { physicalnetworkid, traffictype: 'Management' });
  await admin.run('updatePhysicalNetwork', { id: physicalnetworkid, state: 'Enabled' });
  await enableProviders(physicalnetworkid);
  const networkid = id(
    (await admin.call('createNetwork', { zoneid, name: 'guests', networkofferingid: await offeringId('DefaultSharedNetworkOffering') }))[
      'network'
    ],
  );
  const podid = id(
    (
      await admin.call('createPod', {
        zoneid,
        name: 'pod',
        gateway: '10.0.0.1',
        netmask: '255.255.0.0',
        startip: '10.0.0.10',
        endip: '10.0.0.19',
      })
    )['pod'],
  );
  return { zoneid, physicalnetworkid, networkid, podid };
}

describe('physical networks', () => {
  it('are listed, changed and keep their names apart', async () => {
    const { admin } = server;
    const zoneid = await makeZone('Advanced');
    const wire = await admin.run('createPhysicalNetwork', {
      zoneid,
      name: 'wire',
      vlan: '300,100-199',
      isolationmethods: 'vlan',
      networkspeed: '10G',
      tags: 'fast',
    });
    expect(wire).toMatchObject({
      vlan: '100-199,300-300',
      isolationmethods: 'VLAN',
      networkspeed: '10G',
      tags: 'fast',
      broadcastdomainrange: 'ZONE',
    });
    expect(await admin.list('listPhysicalNetworks', { zoneid })).toEqual([wire]);
    expect(await admin.refused('createPhysicalNetwork', { zoneid, name: 'WIRE' })).toMatchObject({
      code: 431,
      text: expect.stringContaining('already has a physical network named WIRE') as string,
    });
    expect(await admin.run('updatePhysicalNetwork', { id: id(wire), vlan: '500-599', tags: 'slow' })).toMatchObject({
      vlan: '500-599',
      tags: 'slow',
      state: 'Disabled',
    });
    expect(await admin.run('updatePhysicalNetwork', { id: id(wire), state: 'Enabled' })).toMatchObject({
      state: 'Enabled',
      vlan: '500-599',
    });
    expect(await admin.run('updatePhysicalNetwork', { id: id(wire), state: 'Enabled' })).toMatchObject({ state: 'Enabled' });
    expect(await admin.list('listCapacity', { type: 7, zoneid })).toEqual([
      expect.objectContaining({ type: 7, capacitytotal: 100, capacityused: 0 }),
    ]);
    await admin.run('deletePhysicalNetwork', { id: id(wire) });
    expect(await admin.list('listNetworkServiceProviders', { state: 'Disabled' })).toEqual([]);
  });

  it.each<[string, Params, string]>([
    ['VLANs in a basic zone', { vlan: '100-199' }, 'vlan is for advanced zones'],
    ['another isolation', { isolationmethods: 'VXLAN' }, 'networks are kept apart by VLAN'],
    ['tags with blanks', { tags: 'a b' }, '"a b" cannot be a tag'],
    ['no name', { name: undefined }, 'missing parameter name'],
    ['no zone', { zoneid: undefined }, 'missing parameter zoneid'],
    ['the zone of nobody', { zoneid: nobody }, 'Invalid parameter zoneid'],
  ])('refuse %s', async (_case, params, reason) => {
    const zoneid = await makeZone();
    const refused = await server.admin.refused('createPhysicalNetwork', { zoneid, name: 'wire', ...params });
    expect(refused).toMatchObject({ code: 431 });
    expect(refused.text).toContain(reason);
    expect(await server.admin.list('listPhysicalNetworks', { zoneid })).toEqual([]);
  });
});

describe('traffic types', () => {
  it('are carried once, and tell the system network which wire is theirs', async () => {
    const { admin } = server;
    const zoneid = await makeZone('Advanced');
    const wires = [
      id(await admin.run('createPhysicalNetwork', { zoneid, name: 'one' })),
      id(await admin.run('createPhysicalNetwork', { zoneid, name: 'two' })),
    ];
    const [physicalnetworkid, other] = wires as [string, string];
    const type = await admin.run('addTrafficType', { physicalnetworkid, traffictype: 'Public', kvmnetworklabel: 'br1' });
    const systemNetwork = async () => (await admin.list('listNetworks', { issystem: true, zoneid, traffictype: 'Public' }))[0]!;
    expect(await systemNetwork()).toMatchObject({ physicalnetworkid, issystem: true });
    expect((await admin.refused('addTrafficType', { physicalnetworkid, traffictype: 'public' })).text).toContain(
      'carries Public traffic already',
    );
    expect((await admin.refused('addTrafficType', { physicalnetworkid: other, traffictype: 'Public' })).text).toContain(
      'is carried by physical network one already',
    );
    expect((await admin.refused('addTrafficType', { physicalnetworkid: other, traffictype: 'Control' })).text).toContain(
      'one of Guest, Management, Public, Storage is expected',
    );
    expect(
      (await admin.refused('addTrafficType', { physicalnetworkid: other, traffictype: 'Guest', kvmnetworklabel: 'br0; reboot' })).text,
    ).toContain('cannot be a bridge');
    expect(await admin.run('updateTrafficType', { id: id(type), kvmnetworklabel: 'br2', xennetworklabel: 'x' })).toMatchObject({
      kvmnetworklabel: 'br2',
      xennetworklabel: 'x',
    });
    expect(await admin.list('listTrafficTypes', { physicalnetworkid })).toEqual([
      expect.objectContaining({ id: id(type), kvmnetworklabel: 'br2' }),
    ]);
    await admin.run('deleteTrafficType', { id: id(type) });
    expect(await systemNetwork()).not.toHaveProperty('physicalnetworkid');
    expect(await admin.call('listTrafficTypes', { physicalnetworkid })).toEqual({});
  });
});

describe('network service providers', () => {
  it('are enabled after their element, shut down only when unused, and come and go', async () => {
    const { admin } = server;
    const { physicalnetworkid, zoneid, networkid } = await makeBasicZone();
    const provider = async (name: string) => (await admin.list('listNetworkServiceProviders', { physicalnetworkid, name }))[0]!;
    const router = id(await provider('VirtualRouter'));
    await expect(admin.run('updateNetworkServiceProvider', { id: router, state: 'Shutdown' })).rejects.toThrow(
      'provider VirtualRouter still serves 1 network (guests)',
    );
    await expect(admin.run('updateNetworkServiceProvider', { id: router, state: 'Disabled' })).rejects.toThrow(
      'still serves 1 network (guests): delete it first; to keep new machines away, send updateZone allocationstate=Disabled',
    );
    await expect(admin.run('deleteNetworkServiceProvider', { id: router })).rejects.toThrow('still serves 1 network');
    const groups = id(await provider('SecurityGroupProvider'));
    expect((await admin.refused('updateNetworkServiceProvider', { id: groups, servicelist: 'Dhcp' })).text).toContain(
      'SecurityGroupProvider does not provide "Dhcp", only SecurityGroup',
    );
    await admin.run('deleteNetworkServiceProvider', { id: groups });
    expect((await admin.refused('addNetworkServiceProvider', { physicalnetworkid, name: 'Netscaler' })).text).toContain(
      'VirtualRouter and SecurityGroupProvider are',
    );
    expect(await admin.run('addNetworkServiceProvider', { physicalnetworkid, name: 'securitygroupprovider' })).toMatchObject({
      name: 'SecurityGroupProvider',
      state: 'Disabled',
      servicelist: ['SecurityGroup'],
    });
    expect((await admin.refused('addNetworkServiceProvider', { physicalnetworkid, name: 'VirtualRouter' })).text).toContain(
      'has the provider VirtualRouter already',
    );
    await expect(admin.run('updatePhysicalNetwork', { id: physicalnetworkid, state: 'Disabled', tags: 'slow' })).rejects.toThrow(
      'physical network wire still holds 1 guest network (guests): delete it first',
    );
    expect((await admin.list('listPhysicalNetworks', { id: physicalnetworkid }))[0]).not.toHaveProperty('tags');
    await admin.run('deleteNetwork', { id: networkid });
    expect(await admin.run('updatePhysicalNetwork', { id: physicalnetworkid, state: 'Disabled' })).toMatchObject({ state: 'Disabled' });
    await admin.run('updatePhysicalNetwork', { id: physicalnetworkid, state: 'Enabled' });
    expect(await admin.run('updateNetworkServiceProvider', { id: router, state: 'Shutdown' })).toMatchObject({ state: 'Disabled' });
    const [element] = await admin.list('listVirtualRouterElements', { nspid: router });
    await admin.run('configureVirtualRouterElement', { id: id(element), enabled: false });
    await expect(admin.run('updateNetworkServiceProvider', { id: router, state: 'Enabled' })).rejects.toThrow('enable its element first');
    expect(
      (await admin.refused('createNetwork', { zoneid, name: 'n', networkofferingid: await offeringId('DefaultSharedNetworkOffering') }))
        .text,
    ).toContain('service Dhcp of offering DefaultSharedNetworkOffering has no enabled provider on physical network wire');
    await admin.run('deleteNetworkServiceProvider', { id: router });
    await admin.run('addNetworkServiceProvider', { physicalnetworkid, name: 'VirtualRouter', servicelist: 'Dhcp,Dns' });
    expect(await provider('VirtualRouter')).toMatchObject({ servicelist: ['Dhcp', 'Dns'] });
  });

  it('are listed by service', async () => {
    const services = await server.admin.list('listSupportedNetworkServices', { provider: 'SecurityGroupProvider' });
    expect(services).toEqual([
      expect.objectContaining({ name: 'SecurityGroup', provider: [expect.objectContaining({ name: 'SecurityGroupProvider' })] }),
    ]);
    expect(await server.admin.list('listSupportedNetworkServices', { service: 'lb' })).toEqual([expect.objectContaining({ name: 'Lb' })]);
  });
});

describe('networks', () => {
  it('are changed and seen by those who may use them', async () => {
    const { admin } = server;
    const { networkid, zoneid } = await makeBasicZone();
    const changed = await admin.run('updateNetwork', {
      id: networkid,
      name: 'blue',
      displaytext: 'Blue',
      networkdomain: 'blue.example.org',
      dns1: '9.9.9.9',
    });
    expect(changed).toMatchObject({
      name: 'blue',
      displaytext: 'Blue',
      networkdomain: 'blue.example.org',
      dns1: '9.9.9.9',
      broadcasturi: 'vlan://untagged',
    });
    expect(await admin.list('listNetworks', { supportedservices: 'Dhcp,dns', zoneid })).toEqual([
      expect.objectContaining({ id: networkid }),
    ]);
    expect(await admin.call('listNetworks', { supportedservices: 'Lb', zoneid })).toEqual({});
    expect(await admin.call('listNetworks', { supportedservices: '%', zoneid })).toEqual({});
    expect(
      (await admin.refused('updateNetwork', { id: networkid, networkofferingid: await offeringId('QuickCloudNoServices') })).text,
    ).toContain('keeps its offering');
    const [system] = await admin.list('listNetworks', { issystem: true, traffictype: 'Storage', zoneid });
    expect((await admin.refused('deleteNetwork', { id: id(system) })).text).toContain("one of the system's own");
    await admin.call('createAccount', {
      accounttype: 0,
      username: 'netuser',
      firstname: 'a',
      lastname: 'b',
      email: 'a@b.example',
      password: 'a-Long-passw0rd',
    });
    const [row] = await admin.list('listUsers', { username: 'netuser', listall: true });
    const keys = (await admin.call('registerUserKeys', { id: id(row) }))['userkeys'] as Body;
    const user = server.as({ apiKey: String(keys['apikey']), secretKey: String(keys['secretkey']) });
    const seen = await user.list('listNetworks', { id: networkid });
    expect(seen).toHaveLength(1);
    for (const hidden of ['vlan', 'broadcasturi', 'physicalnetworkid']) expect(seen[0]).not.toHaveProperty(hidden);
    expect(await user.list('listNetworks', { zoneid: undefined, issystem: true })).not.toContainEqual(
      expect.objectContaining({ issystem: true }),
    );
    expect(await user.refused('deleteNetwork', { id: networkid })).toMatchObject({ code: 531 });
    expect((await user.refused('deleteNetwork', { id: id(system) })).text).toContain('entity does not exist');
    await admin.run('updateNetwork', { id: networkid, displaynetwork: false });
    expect(await user.call('listNetworks', { id: networkid })).toEqual({});
  });

  it.each<[string, string, string]>([
    ['isolated networks', 'DefaultIsolatedNetworkOfferingWithSourceNatService', 'Isolated networks need virtual routers'],
    ['L2 networks', 'DefaultL2NetworkOffering', 'L2 networks need virtual routers'],
  ])('refuse %s', async (_case, offering, reason) => {
    const zoneid = await makeZone();
    expect(
      (await server.admin.refused('createNetwork', { zoneid, name: 'n', networkofferingid: await offeringId(offering) })).text,
    ).toContain(reason);
  });

  it('refuse what a basic zone cannot have, and name what is missing on the way', async () => {
    const { admin } = server;
    const zoneid = await makeZone();
    const params = { zoneid, name: 'n', networkofferingid: await offeringId('DefaultSharedNetworkOfferingWithSGService') };
    expect((await admin.refused('createNetwork', params)).text).toContain('carries Guest traffic: add it with addTrafficType');
    const physicalnetworkid = id(await admin.run('createPhysicalNetwork', { zoneid, name: 'wire' }));
    await admin.run('addTrafficType', { physicalnetworkid, traffictype: 'Guest' });
    expect((await admin.refused('createNetwork', params)).text).toContain('physical network wire is disabled');
    await admin.run('updatePhysicalNetwork', { id: physicalnetworkid, state: 'Enabled' });
    expect((await admin.refused('createNetwork', params)).text).toContain(
      'has no enabled provider on physical network wire: enable VirtualRouter',
    );
    await enableProviders(physicalnetworkid);
    for (const [extra, reason] of [
      [{ startip: '10.1.0.10' }, 'startip is not for the network of a basic zone'],
      [{ vlan: '100' }, 'vlan 100 is not possible in a basic zone'],
      [{ vlan: '5000' }, 'from 1 to 4094'],
      [{ acltype: 'Account' }, 'acltype Account is for isolated networks'],
      [{ account: 'admin' }, 'account is not for the shared network of a basic zone'],
      [{ name: undefined }, 'missing parameter name'],
      [{ networkofferingid: nobody }, 'Invalid parameter networkofferingid'],
      [{ networkdomain: 'a_b' }, 'is not a DNS domain'],
    ] as const) {
      expect((await admin.refused('createNetwork', { ...params, ...extra })).text).toContain(reason);
    }
    const advanced = await makeZone('Advanced');
    expect((await admin.refused('createNetwork', { ...params, zoneid: advanced })).text).toContain('is an advanced zone');
    expect(
      (
        await admin.refused('createNetwork', {
          ...params,
          physicalnetworkid: id(await admin.run('createPhysicalNetwork', { zoneid: advanced, name: 'far' })),
        })
      ).text,
    ).toContain('physical network far is not in zone');
    const made = await Promise.allSettled(Array.from({ length: 6 }, () => admin.call('createNetwork', params)));
    expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});

describe('address ranges', () => {
  it('hold one row per address, grow, shrink and never lose a machine’s address', async () => {
    const { admin } = server;
    const { podid, networkid } = await makeBasicZone();
    const params = { podid, networkid, gateway: '10.5.0.1', netmask: '255.255.0.0', forvirtualnetwork: false };
    const range = id((await admin.call('createVlanIpRange', { ...params, startip: '10.5.0.10', endip: '10.5.0.19' }))['vlan']);
    const addresses = async () =>
      (
        await server.dataSource.query<{ ip: string }[]>(
          'SELECT INET_NTOA(a.ip) AS ip FROM guest_address a JOIN vlan_ip_range r ON r.id = a.range_id WHERE r.uuid = ? ORDER BY a.ip',
          [range],
        )
      ).map(({ ip }) => ip);
    expect(await addresses()).toEqual(Array.from({ length: 10 }, (_, n) => `10.5.0.${10 + n}`));
    expect((await admin.call('updateVlanIpRange', { id: range, startip: '10.5.0.8', endip: '10.5.0.11' }))['vlan']).toMatchObject({
      startip: '10.5.0.8',
      endip: '10.5.0.11',
    });
    expect(await addresses()).toEqual(['10.5.0.8', '10.5.0.9', '10.5.0.10', '10.5.0.11']);
    await server.dataSource.query("UPDATE guest_address SET state = 'Allocated', nic_id = 7 WHERE INET_NTOA(ip) = '10.5.0.9'");
    expect(await admin.refused('updateVlanIpRange', { id: range, startip: '10.5.0.10' })).toMatchObject({
      code: 536,
      text: expect.stringContaining('1 address is still held by machines (10.5.0.9)') as string,
    });
    expect(await admin.refused('deleteVlanIpRange', { id: range })).toMatchObject({ code: 536 });
    expect(await addresses()).toHaveLength(4);
    expect((await admin.refused('updateVlanIpRange', { id: range, startip: '10.5.1.10', endip: '10.5.1.20' })).text).toContain(
      'share no address',
    );
    expect(await admin.list('listVlanIpRanges', { networkid, forvirtualnetwork: false })).toEqual([
      expect.objectContaining({ id: range, startip: '10.5.0.8' }),
    ]);
    await server.dataSource.query("UPDATE guest_address SET state = 'Free', nic_id = NULL");
    await admin.call('deleteVlanIpRange', { id: range });
    expect(await addresses()).toEqual([]);
  });

  it('of 65,533 addresses are made and deleted', async () => {
    const { admin } = server;
    const { podid, networkid } = await makeBasicZone();
    const range = id(
      (
        await admin.call('createVlanIpRange', {
          podid,
          networkid,
          gateway: '10.6.0.1',
          netmask: '255.255.0.0',
          startip: '10.6.0.2',
          endip: '10.6.255.254',
          forvirtualnetwork: false,
        })
      )['vlan'],
    );
    const [{ total }] = await server.dataSource.query<[{ total: number }]>(
      'SELECT COUNT(*) AS total FROM guest_address a JOIN vlan_ip_range r ON r.id = a.range_id WHERE r.uuid = ?',
      [range],
    );
    expect(Number(total)).toBe(65_533);
    await admin.call('deleteVlanIpRange', { id: range });
  });

  it.each<[string, Params, string]>([
    ['no pod in a basic zone', { podid: undefined, forvirtualnetwork: false }, 'podid is missing'],
    ['public addresses in a basic zone', { networkid: undefined, forvirtualnetwork: true }, 'whose machines have guest addresses only'],
    ['a VLAN in a basic zone', { vlan: '100' }, 'vlan 100 is not possible in a basic zone'],
    ['no gateway', { gateway: undefined }, 'missing parameter gateway'],
    ['no netmask', { netmask: undefined }, 'missing parameter netmask'],
    ['no start', { startip: undefined }, 'missing parameter startip'],
    ['an owner', { account: 'admin' }, 'account would keep the range for one owner'],
    ['the network of nobody', { networkid: nobody }, 'Invalid parameter networkid'],
    ['addresses of the pod', { startip: '10.0.0.15', endip: '10.0.0.40' }, 'overlaps pod pod (10.0.0.10-10.0.0.19) in 10.0.0.15-10.0.0.19'],
    ['the gateway of the pod', { gateway: '10.0.0.3', startip: '10.0.0.1', endip: '10.0.0.2' }, 'holds 10.0.0.1, the gateway of pod pod'],
    [
      'a smaller subnet within the pod’s',
      { netmask: '255.255.255.0', startip: '10.0.0.40', endip: '10.0.0.50' },
      'overlaps 10.0.0.0/16 of pod pod without being the same',
    ],
    ['a start outside the subnet', { startip: '10.1.0.5' }, 'startip 10.1.0.5 is outside the subnet'],
    [
      'a second gateway in the pod’s subnet',
      { gateway: '10.0.0.254', startip: '10.0.1.10', endip: '10.0.1.20' },
      'gateway 10.0.0.254 would be a second one in the subnet 10.0.0.0/16, where pod pod has 10.0.0.1: send gateway=10.0.0.1',
    ],
    ['multicast', { gateway: '224.0.0.1', startip: '224.0.0.5', endip: '224.0.0.9' }, 'cannot belong to a machine'],
    [
      'more than can be kept',
      { gateway: '10.128.0.1', netmask: '255.128.0.0', startip: '10.128.0.2', endip: '10.200.0.1' },
      'at most 65536 are possible',
    ],
  ])('refuse %s', async (_case, params, reason) => {
    const { podid, networkid } = await makeBasicZone();
    const all = {
      podid,
      networkid,
      gateway: '10.0.0.1',
      netmask: '255.255.0.0',
      startip: '10.0.1.10',
      endip: '10.0.1.20',
      forvirtualnetwork: false,
      ...params,
    };
    const refused = await server.admin.refused('createVlanIpRange', all);
    expect(refused).toMatchObject({ code: 431 });
    expect(refused.text).toContain(reason);
    const [{ total }] = await server.dataSource.query<[{ total: number }]>(
      'SELECT COUNT(*) AS total FROM vlan_ip_range r JOIN pod p ON p.id = r.pod_id WHERE p.uuid = ?',
      [podid],
    );
    expect(Number(total)).toBe(0);
  });

  it('refuse a pod of another zone, and one of two that overlap at once', async () => {
    const [here, there] = [await makeBasicZone(), await makeBasicZone()];
    const params = {
      networkid: here.networkid,
      gateway: '10.7.0.1',
      netmask: '255.255.255.0',
      startip: '10.7.0.10',
      endip: '10.7.0.50',
      forvirtualnetwork: false,
    };
    expect((await server.admin.refused('createVlanIpRange', { ...params, podid: there.podid })).text).toContain('is not in zone');
    const made = await Promise.allSettled(
      Array.from({ length: 6 }, () => server.admin.call('createVlanIpRange', { ...params, podid: here.podid })),
    );
    expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('are public in an advanced zone', async () => {
    const { admin } = server;
    const zoneid = await makeZone('Advanced');
    const params = {
      zoneid,
      vlan: 'untagged',
      gateway: '203.0.113.1',
      netmask: '255.255.255.0',
      startip: '203.0.113.10',
      endip: '203.0.113.19',
      forvirtualnetwork: true,
    };
    expect((await admin.refused('createVlanIpRange', params)).text).toContain('carries Public traffic: add it with addTrafficType');
    const physicalnetworkid = id(await admin.run('createPhysicalNetwork', { zoneid, name: 'wire', vlan: '100-199' }));
    const type = await admin.run('addTrafficType', { physicalnetworkid, traffictype: 'Public' });
    const range = (await admin.call('createVlanIpRange', params))['vlan'] as Body;
    expect(range).toMatchObject({ forvirtualnetwork: true, physicalnetworkid, zoneid });
    expect(range).not.toHaveProperty('podid');
    expect(await admin.list('listCapacity', { zoneid, type: 4 })).toEqual([
      expect.objectContaining({ capacitytotal: 10, capacityused: 0 }),
    ]);
    await expect(admin.run('deleteTrafficType', { id: id(type) })).rejects.toThrow('1 public range (203.0.113.10-203.0.113.19)');
    await admin.call('deleteVlanIpRange', { id: id(range) });
    await admin.run('deleteTrafficType', { id: id(type) });
  });
});

describe('storage ranges', () => {
  it('belong to a pod, keep apart from other ranges and need a wire', async () => {
    const { admin } = server;
    const { zoneid, podid, physicalnetworkid } = await makeBasicZone();
    const params = { podid, gateway: '10.8.0.1', netmask: '255.255.255.0', startip: '10.8.0.10', endip: '10.8.0.19' };
    expect((await admin.refused('createStorageNetworkIpRange', params)).text).toContain('carries Storage traffic');
    expect(await admin.call('listStorageNetworkIpRange', { zoneid })).toEqual({});
    const type = await admin.run('addTrafficType', { physicalnetworkid, traffictype: 'Storage' });
    const range = await admin.run('createStorageNetworkIpRange', { ...params, vlan: 20 });
    expect(range).toMatchObject({ podid, zoneid, vlan: 20, startip: '10.8.0.10', endip: '10.8.0.19' });
    expect(await admin.list('listStorageNetworkIpRange', { podid })).toEqual([range]);
    expect(
      (await admin.refused('createStorageNetworkIpRange', { ...params, vlan: 20, startip: '10.8.0.15', endip: '10.8.0.30' })).text,
    ).toContain('overlaps storage range of pod pod');
    expect((await admin.refused('createStorageNetworkIpRange', { ...params, vlan: 4095 })).text).toContain('from 1 to 4094');
    expect(
      (
        await admin.refused('createStorageNetworkIpRange', {
          ...params,
          gateway: '10.0.0.1',
          netmask: '255.255.0.0',
          startip: '10.0.0.12',
          endip: '10.0.0.14',
        })
      ).text,
    ).toContain('overlaps pod pod');
    expect((await admin.refused('deletePod', { id: podid })).text).toContain('1 storage range (10.8.0.10-10.8.0.19)');
    await expect(admin.run('deleteTrafficType', { id: id(type) })).rejects.toThrow('1 storage range (10.8.0.10-10.8.0.19)');
    await admin.run('deleteStorageNetworkIpRange', { id: id(range) });
    await admin.run('deleteTrafficType', { id: id(type) });
    await admin.call('deletePod', { id: podid });
  });
});
