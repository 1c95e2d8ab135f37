// Zones, pods and clusters: their life, and everything that is refused with its cause.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Body, Params } from '../../../test/harness/api-client.ts';
import { startTestServer, type TestServer } from '../../../test/harness/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server?.stop());

const zoneParams = { name: 'z', networktype: 'Basic', dns1: '8.8.8.8', internaldns1: '10.0.0.2' };
const podParams = { name: 'p', gateway: '10.0.0.1', netmask: '255.255.255.0', startip: '10.0.0.10', endip: '10.0.0.19' };

async function makeZone(params: Params = {}): Promise<Body> {
  return (await server.admin.call('createZone', { ...zoneParams, name: `zone ${randomUUID()}`, ...params }))['zone'] as Body;
}

async function makePod(zoneid: unknown, params: Params = {}): Promise<Body> {
  return (await server.admin.call('createPod', { ...podParams, zoneid: String(zoneid), ...params }))['pod'] as Body;
}

const snapshot = async (table: string) => JSON.stringify(await server.dataSource.query(`SELECT * FROM \`${table}\` ORDER BY id`));

describe('CS-04: zones', () => {
  it('are created, found, changed and deleted', async () => {
    const { admin } = server;
    const zone = await makeZone({
      name: 'Lyon',
      networktype: 'advanced',
      dns2: '8.8.4.4',
      internaldns2: '10.0.0.3',
      domain: 'lyon.example.org',
      guestcidraddress: '10.2.0.0/16',
      localstorageenabled: true,
    });
    const id = String(zone['id']);
    expect(zone).toMatchObject({
      name: 'Lyon',
      networktype: 'Advanced',
      dns2: '8.8.4.4',
      internaldns2: '10.0.0.3',
      domain: 'lyon.example.org',
      guestcidraddress: '10.2.0.0/16',
      localstorageenabled: true,
      securitygroupsenabled: false,
    });
    expect(await admin.list('listZones', { name: 'Lyon' })).toEqual([zone]);
    expect(await admin.list('listZones', { keyword: 'yo' })).toEqual([zone]);
    expect(await admin.list('listZones', { id, networktype: 'Advanced' })).toEqual([zone]);
    expect(await admin.list('listZones', { id, networktype: 'Basic' })).toEqual([]);
    expect(await admin.list('listZones', { id, available: false })).toEqual([]);
    const changed = (await admin.call('updateZone', { id, name: 'Lyon 2', dns2: '', domain: '', dns1: '9.9.9.9', sortkey: 3 }))[
      'zone'
    ] as Body;
    expect(changed).toMatchObject({ id, name: 'Lyon 2', dns1: '9.9.9.9', internaldns2: '10.0.0.3' });
    expect(changed).not.toHaveProperty('dns2');
    expect(changed).not.toHaveProperty('domain');
    expect(await admin.call('deleteZone', { id })).toEqual({ success: 'true' });
    expect(await admin.list('listZones', { name: 'Lyon 2' })).toEqual([]);
  });

  it('are not enabled before their wires are there, with every reason named', async () => {
    const zone = await makeZone();
    const refused = await server.admin.refused('updateZone', { id: String(zone['id']), allocationstate: 'Enabled' });
    expect(refused).toMatchObject({ code: 431 });
    expect(refused.text).toContain(
      'no physical network carries Management traffic (addTrafficType); no physical network carries Guest traffic (addTrafficType)',
    );
    const wire = await server.admin.run('createPhysicalNetwork', { zoneid: String(zone['id']), name: 'wire' });
    for (const traffictype of ['Guest', 'Management'])
      await server.admin.run('addTrafficType', { physicalnetworkid: String(wire['id']), traffictype });
    expect((await server.admin.refused('updateZone', { id: String(zone['id']), allocationstate: 'Enabled' })).text).toContain(
      'physical network wire, which carries Management traffic, is disabled',
    );
  });

  it('keep names unique without regard to case', async () => {
    const zone = await makeZone({ name: 'Unique Zone' });
    expect(await server.admin.refused('createZone', { ...zoneParams, name: 'unique zone' })).toMatchObject({
      code: 431,
      text: 'a zone named unique zone exists already: choose another name',
    });
    const other = await makeZone();
    expect(await server.admin.refused('updateZone', { id: String(other['id']), name: 'UNIQUE ZONE' })).toMatchObject({ code: 431 });
    expect((await server.admin.call('updateZone', { id: String(zone['id']), name: 'unique ZONE' }))['zone']).toMatchObject({
      name: 'unique ZONE',
    });
  });

  it.each<[string, Params, string]>([
    ['no name', { name: undefined }, 'missing parameter name'],
    ['a blank name', { name: '   ' }, 'name is empty'],
    ['no network type', { networktype: undefined }, 'missing parameter networktype'],
    ['an unknown network type', { networktype: 'Simple' }, 'one of Basic, Advanced is expected'],
    ['no DNS server', { dns1: undefined }, 'missing parameter dns1'],
    ['a DNS server that is no address', { dns1: 'dns.example.org' }, 'dns1 "dns.example.org" is not an IPv4 address'],
    ['a loopback DNS server', { dns1: '127.0.0.1' }, 'dns1 127.0.0.1 cannot be a DNS server'],
    ['a second DNS server that is no address', { dns2: '8.8.8' }, 'dns2 "8.8.8" is not an IPv4 address'],
    ['no internal DNS server', { internaldns1: undefined }, 'missing parameter internaldns1'],
    ['an internal DNS server with a port', { internaldns1: '10.0.0.2:53' }, 'internaldns1 "10.0.0.2:53"'],
    ['a network domain with blanks', { domain: 'my cloud' }, 'domain "my cloud" is not a DNS domain'],
    ['a guest subnet in a basic zone', { guestcidraddress: '10.1.1.0/24' }, 'guestcidraddress is for advanced zones only'],
    ['a guest subnet with host bits', { networktype: 'Advanced', guestcidraddress: '10.1.1.5/24' }, 'did you mean 10.1.1.0/24'],
    ['a guest subnet without prefix', { networktype: 'Advanced', guestcidraddress: '10.1.1.0' }, 'is not a subnet'],
    [
      'an unknown domain',
      { domainid: '6f9619ff-8b86-4d01-b42d-00cf4fc964ff' },
      'Invalid parameter domainid value=6f9619ff-8b86-4d01-b42d-00cf4fc964ff',
    ],
    ['a flag that is none', { localstorageenabled: 'perhaps' }, 'true or false is expected'],
    ['an unknown state', { allocationstate: 'On' }, 'one of Enabled, Disabled is expected'],
  ])('refuse %s', async (_case, params, reason) => {
    const before = await snapshot('zone');
    const refused = await server.admin.refused('createZone', { ...zoneParams, ...params });
    expect(refused).toMatchObject({ code: 431, envelope: 'createzoneresponse' });
    expect(refused.text).toContain(reason);
    expect(await snapshot('zone')).toBe(before);
  });

  it('of nothing do not exist', async () => {
    for (const command of ['updateZone', 'deleteZone', 'listZones']) {
      const refused = await server.admin.refused(command, { id: '6f9619ff-8b86-4d01-b42d-00cf4fc964ff' });
      expect(refused.text).toContain(
        'Invalid parameter id value=6f9619ff-8b86-4d01-b42d-00cf4fc964ff due to incorrect long value format, or entity does not exist',
      );
    }
  });
});

describe('CS-05: pods', () => {
  it('are created, changed and deleted', async () => {
    const { admin } = server;
    const zone = await makeZone();
    const pod = await makePod(zone['id']);
    expect(await admin.list('listPods', { zoneid: String(zone['id']) })).toEqual([pod]);
    expect(pod['ipranges']).toEqual([
      { startip: '10.0.0.10', endip: '10.0.0.19', gateway: '10.0.0.1', cidr: '10.0.0.0/24', forsystemvms: '0', vlanid: 'untagged' },
    ]);
    const id = String(pod['id']);
    const changed = (await admin.call('updatePod', { id, name: 'rack', endip: '10.0.0.30', allocationstate: 'Disabled' }))['pod'] as Body;
    expect(changed).toMatchObject({ name: 'rack', startip: ['10.0.0.10'], endip: ['10.0.0.30'], allocationstate: 'Disabled' });
    expect((await admin.refused('updatePod', { id, gateway: '10.0.0.20' })).text).toContain('gateway 10.0.0.20 lies inside the range');
    expect(await admin.call('deletePod', { id })).toEqual({ success: 'true' });
    expect(await admin.call('listPods', { zoneid: String(zone['id']) })).toEqual({});
  });

  it('take the rest of the subnet when no end is given', async () => {
    const zone = await makeZone();
    expect(await makePod(zone['id'], { endip: undefined })).toMatchObject({ endip: ['10.0.0.254'] });
    expect(await makePod(zone['id'], { name: 'q', gateway: '10.0.1.254', startip: '10.0.1.10', endip: undefined })).toMatchObject({
      endip: ['10.0.1.253'],
    });
  });

  it('have names of their own in a zone, and may share them across zones', async () => {
    const [one, other] = [await makeZone(), await makeZone()];
    await makePod(one['id'], { name: 'rack' });
    await makePod(other['id'], { name: 'rack' });
    const refused = await server.admin.refused('createPod', {
      ...podParams,
      zoneid: String(one['id']),
      name: 'Rack',
      startip: '10.0.0.50',
      endip: '10.0.0.60',
    });
    expect(refused.text).toContain('already has a pod named Rack');
  });

  describe('with a range next to another pod and a guest range', () => {
    let zoneid: string;
    beforeAll(async () => {
      zoneid = String((await makeZone())['id']);
      await makePod(zoneid, { name: 'taken', gateway: '10.9.0.1', netmask: '255.255.255.0', startip: '10.9.0.10', endip: '10.9.0.20' });
    });

    it.each<[string, Params, string]>([
      ['no gateway', { gateway: undefined }, 'missing parameter gateway'],
      ['no netmask', { netmask: undefined }, 'missing parameter netmask'],
      ['no start', { startip: undefined }, 'missing parameter startip'],
      ['a gateway that is no address', { gateway: 'router' }, 'gateway "router" is not an IPv4 address'],
      ['a netmask with holes', { netmask: '255.0.255.0' }, 'netmask "255.0.255.0" is not a netmask'],
      ['a start outside the subnet', { startip: '10.1.0.10' }, 'startip 10.1.0.10 is outside the subnet 10.0.0.0/24'],
      ['an end outside the subnet', { endip: '10.0.1.10' }, 'endip 10.0.1.10 is outside the subnet'],
      ['start and end exchanged', { startip: '10.0.0.30', endip: '10.0.0.20' }, 'is after endip'],
      ['the gateway inside', { startip: '10.0.0.1' }, 'gateway 10.0.0.1 lies inside'],
      ['the network address', { startip: '10.0.0.0' }, 'is the network address'],
      ['the broadcast address', { endip: '10.0.0.255' }, 'is the broadcast address'],
      ['an IPv6 gateway', { gateway: 'fd00::1' }, 'is not an IPv4 address'],
      [
        'addresses of another pod',
        { gateway: '10.9.0.1', startip: '10.9.0.15', endip: '10.9.0.30' },
        'overlaps pod taken (10.9.0.10-10.9.0.20) in 10.9.0.15-10.9.0.20',
      ],
      [
        'a larger subnet around another pod',
        { gateway: '10.9.1.1', netmask: '255.255.0.0', startip: '10.9.1.10', endip: '10.9.1.20' },
        'overlaps 10.9.0.0/24 of pod taken without being the same',
      ],
      [
        'a gateway inside another pod',
        { gateway: '10.9.0.12', startip: '10.9.0.50', endip: '10.9.0.60' },
        'gateway 10.9.0.12 lies inside pod taken',
      ],
      [
        'the gateway of another pod',
        { gateway: '10.9.0.254', startip: '10.9.0.1', endip: '10.9.0.5' },
        'holds 10.9.0.1, the gateway of pod taken',
      ],
      ['no name', { name: undefined }, 'missing parameter name'],
      ['the zone of nobody', { zoneid: '6f9619ff-8b86-4d01-b42d-00cf4fc964ff' }, 'Invalid parameter zoneid'],
    ])('refuse %s', async (_case, params, reason) => {
      const before = await snapshot('pod');
      const refused = await server.admin.refused('createPod', { ...podParams, zoneid, ...params });
      expect(refused).toMatchObject({ code: 431 });
      expect(refused.text).toContain(reason);
      expect(await snapshot('pod')).toBe(before);
    });
  });

  it('created at once with overlapping ranges: one wins', async () => {
    const zoneid = String((await makeZone())['id']);
    const results = await Promise.allSettled(
      Array.from({ length: 8 }, (_, n) => server.admin.call('createPod', { ...podParams, zoneid, name: `pod ${n}` })),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await server.admin.list('listPods', { zoneid })).toHaveLength(1);
  });
});

describe('CS-06: clusters', () => {
  it('are created, changed and deleted', async () => {
    const { admin } = server;
    const zone = await makeZone();
    const pod = await makePod(zone['id']);
    const place = { zoneid: String(zone['id']), podid: String(pod['id']) };
    const answer = await admin.call('addCluster', { ...place, clustername: 'c1', hypervisor: 'kvm', clustertype: 'CloudManaged' });
    const cluster = (answer['cluster'] as Body[])[0]!;
    expect(cluster).toMatchObject({
      name: 'c1',
      hypervisortype: 'KVM',
      zonename: zone['name'],
      podname: 'p',
      allocationstate: 'Enabled',
      memoryovercommitratio: '1',
    });
    expect(await admin.list('listClusters', { hypervisor: 'KVM', podid: place.podid, showcapacities: true })).toEqual([
      { ...cluster, capacity: [] },
    ]);
    const id = String(cluster['id']);
    expect(
      (
        await admin.call('updateCluster', {
          id,
          clustername: 'c2',
          allocationstate: 'Disabled',
          managedstate: 'Unmanaged',
          hypervisor: 'Simulator',
          arch: 'aarch64',
        })
      )['cluster'],
    ).toMatchObject({
      name: 'c2',
      allocationstate: 'Disabled',
      managedstate: 'Unmanaged',
      hypervisortype: 'Simulator',
      arch: 'aarch64',
    });
    expect(
      (await admin.refused('addCluster', { ...place, clustername: 'C2', hypervisor: 'KVM', clustertype: 'CloudManaged' })).text,
    ).toContain('already has a cluster named C2');
    expect((await admin.refused('deletePod', { id: place.podid })).text).toContain('still holds 1 cluster (c2)');
    expect(await admin.call('deleteCluster', { id })).toEqual({ success: 'true' });
    await admin.call('deletePod', { id: place.podid });
  });

  it('refuse a pod of another zone, other hypervisors and missing parameters', async () => {
    const [one, other] = [await makeZone(), await makeZone()];
    const pod = await makePod(other['id']);
    const params = {
      zoneid: String(one['id']),
      podid: String(pod['id']),
      clustername: 'c',
      hypervisor: 'KVM',
      clustertype: 'CloudManaged',
    };
    const before = await snapshot('cluster');
    expect((await server.admin.refused('addCluster', params)).text).toContain(`pod p is not in zone ${String(one['name'])}`);
    const here = { ...params, zoneid: String(other['id']) };
    expect((await server.admin.refused('addCluster', { ...here, hypervisor: 'XenServer' })).text).toContain(
      'one of KVM, Simulator is expected',
    );
    expect((await server.admin.refused('addCluster', { ...here, clustertype: 'ExternalManaged' })).text).toContain(
      'send clustertype=CloudManaged',
    );
    for (const name of Object.keys(here))
      expect((await server.admin.refused('addCluster', { ...here, [name]: undefined })).text).toContain(`missing parameter ${name}`);
    expect(await snapshot('cluster')).toBe(before);
  });
});

describe('zones private to a domain', () => {
  it('exist for accounts of that domain only', async () => {
    const { admin } = server;
    const mine = String(((await admin.call('createDomain', { name: 'mine' }))['domain'] as Body)['id']);
    const user = async (domainid: string | undefined, username: string) => {
      const account = {
        accounttype: 0,
        username,
        firstname: 'a',
        lastname: 'b',
        email: 'a@b.example',
        password: 'a-Long-passw0rd',
        domainid,
      };
      await admin.call('createAccount', account);
      const [row] = await admin.list('listUsers', { username, listall: true });
      const keys = (await admin.call('registerUserKeys', { id: String(row!['id']) }))['userkeys'] as Body;
      return server.as({ apiKey: String(keys['apikey']), secretKey: String(keys['secretkey']) });
    };
    const insider = await user(mine, 'insider');
    const outsider = await user(undefined, 'outsider');
    const zone = await makeZone({ domainid: mine });
    const id = String(zone['id']);
    expect(zone).toMatchObject({ domainid: mine, domainname: 'mine' });
    await server.dataSource.query("UPDATE zone SET allocation_state = 'Enabled' WHERE uuid = ?", [id]);
    const seen = await insider.list('listZones', { id });
    expect(seen).toHaveLength(1);
    expect(seen[0]).not.toHaveProperty('internaldns1');
    expect((await outsider.refused('listZones', { id })).text).toContain('entity does not exist');
    expect((await outsider.list('listZones')).map((one) => one['id'])).not.toContain(id);
    expect(await insider.refused('updateZone', { id, name: 'stolen' })).toMatchObject({ code: 432 });
    expect(await admin.refused('updateZone', { id, ispublic: true, allocationstate: 'Nope' })).toMatchObject({ code: 431 });
    expect((await admin.call('updateZone', { id, ispublic: true }))['zone']).not.toHaveProperty('domainid');
    expect(await outsider.list('listZones', { id })).toHaveLength(1);
  });
});
