// The CloudStack 3 console against the server: first login, installation wizard of a basic zone, its pages, a first machine (CS-23).
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Body, Params } from '../harness/api-client.ts';
import { installTemplate } from '../harness/cloud.ts';
import type { BasicZone } from '../harness/basic-zone.ts';
import { startTestServer, type TestServer } from '../harness/test-server.ts';
import { ConsoleSession, md5 } from './console-session.ts';

let server: TestServer;
let console3: ConsoleSession;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server?.stop());

const list = (body: Body, item: string) => (body[item] ?? []) as Body[];
const id = (body: unknown) => String((body as Body)['id']);

describe('the first login', () => {
  it('gives what the console reads before it draws anything', async () => {
    console3 = await ConsoleSession.open(server.url, 'admin', 'password');
    expect(console3.user).toMatchObject({
      username: 'admin',
      account: 'admin',
      type: '1',
      registered: 'false',
      sessionkey: expect.any(String),
    });
    const { capability } = await console3.get('listCapabilities');
    expect(String((capability as Body)['supportELB'])).toBe('false');
    expect(capability).toMatchObject({ userpublictemplateenabled: expect.any(Boolean), allowusercreateprojects: expect.any(Boolean) });
    expect(await console3.get('listSwifts')).toEqual({});
    // Without this key the console opens its installation wizard.
    expect(await console3.get('listZones')).not.toHaveProperty('zone');
    for (const name of ['use.local.storage', 'swift.enable', 'vmware.use.nexus.vswitch', 'ha.tag'])
      expect(list(await console3.get('listConfigurations', { name }), 'configuration')[0], name).toHaveProperty('value');
  });

  it('is followed by a change of the password, which leaves the session open', async () => {
    await console3.get('updateUser', { id: String(console3.user['userid']), password: md5('a-Better-passw0rd') });
    expect(await console3.get('listZones')).toEqual({});
    await expect(ConsoleSession.open(server.url, 'admin', 'password')).rejects.toThrow('531');
    console3 = await ConsoleSession.open(server.url, 'admin', 'a-Better-passw0rd');
  });
});

describe('the installation wizard', () => {
  let zoneId: string;
  let podId: string;
  let clusterid: string;
  let physicalnetworkid: string;
  let networkofferingid: string;

  it('creates the zone and its physical network', async () => {
    const offerings = list(await console3.get('listNetworkOfferings', { state: 'Enabled', guestiptype: 'Shared' }), 'networkoffering');
    const has = (offering: Body, service: string) => (offering['service'] as Body[]).some(({ name }) => name === service);
    networkofferingid = id(offerings.find((it) => has(it, 'SecurityGroup') && !has(it, 'Lb') && !has(it, 'StaticNat')));
    const { zone } = await console3.get('createZone', {
      networktype: 'Basic',
      name: 'Wizard zone',
      dns1: '8.8.8.8',
      internaldns1: '192.168.100.1',
    });
    zoneId = id(zone);
    const { physicalnetwork } = await console3.follow('createPhysicalNetwork', { zoneid: zoneId, name: 'PhysicalNetworkInBasicZone' });
    physicalnetworkid = id(physicalnetwork);
    const traffic = await Promise.all(
      ['Guest', 'Management'].map((trafficType) => console3.follow('addTrafficType', { trafficType, physicalnetworkid })),
    );
    expect(traffic).toEqual([{ traffictype: expect.anything() as unknown }, { traffictype: expect.anything() as unknown }]);
    expect(await console3.follow('updatePhysicalNetwork', { state: 'Enabled', id: physicalnetworkid })).toHaveProperty('physicalnetwork');
  });

  it('enables the virtual router and security groups', async () => {
    const providerOf = async (name: string) =>
      id(
        list(
          await console3.get('listNetworkServiceProviders', { name, physicalNetworkId: physicalnetworkid }),
          'networkserviceprovider',
        )[0],
      );
    const nspid = await providerOf('VirtualRouter');
    const element = list(await console3.get('listVirtualRouterElements', { nspid }), 'virtualrouterelement')[0];
    await console3.follow('configureVirtualRouterElement', { enabled: true, id: id(element) });
    await console3.follow('updateNetworkServiceProvider', { state: 'Enabled', id: nspid });
    const groups = await console3.follow('updateNetworkServiceProvider', {
      state: 'Enabled',
      id: await providerOf('SecurityGroupProvider'),
    });
    expect(groups['networkserviceprovider']).toMatchObject({ state: 'Enabled' });
  });

  it('creates guest network, pod, ranges and cluster', async () => {
    const { network } = await console3.get('createNetwork', {
      zoneid: zoneId,
      name: 'guestNetworkForBasicZone',
      displaytext: 'guestNetworkForBasicZone',
      networkofferingid,
    });
    const subnet = { gateway: '192.168.100.1', netmask: '255.255.255.0' };
    const { pod } = await console3.get('createPod', {
      zoneId,
      name: 'Pod 1',
      ...subnet,
      startIp: '192.168.100.20',
      endIp: '192.168.100.29',
    });
    podId = id(pod);
    const { vlan } = await console3.get('createVlanIpRange', {
      podid: podId,
      networkid: id(network),
      ...subnet,
      startip: '192.168.100.100',
      endip: '192.168.100.199',
      forVirtualNetwork: false,
    });
    expect(vlan).toMatchObject({ podid: podId, forvirtualnetwork: false });
    const clusters = await console3.get('addCluster', {
      zoneId,
      hypervisor: 'Simulator',
      clustertype: 'CloudManaged',
      podId,
      clustername: 'Cluster 1',
    });
    clusterid = id(list(clusters, 'cluster')[0]);
  });

  it('adds a host, primary and secondary storage, and enables the zone', async () => {
    const hosts = await console3.get('addHost', {
      zoneid: zoneId,
      podid: podId,
      clusterid,
      hypervisor: 'Simulator',
      clustertype: 'CloudManaged',
      hosttags: 'undefined',
      username: 'root',
      password: 'password',
      url: 'http://sim-1.wizard.example.test',
    });
    expect(list(hosts, 'host')[0]).toMatchObject({ state: 'Up', resourcestate: 'Enabled', type: 'Routing', clusterid });
    // The console sends this word when the field was left empty.
    expect(list(hosts, 'host')[0]).not.toHaveProperty('hosttags');
    const { storagepool } = await console3.get('createStoragePool', {
      zoneid: zoneId,
      podId,
      clusterid,
      name: 'Primary 1',
      url: 'nfs://sim-nfs/primary',
    });
    expect(storagepool).toMatchObject({ state: 'Up', type: 'NetworkFilesystem', ipaddress: 'sim-nfs', path: '/primary' });
    expect(await console3.get('addSecondaryStorage', { zoneId, url: 'nfs://sim-nfs/secondary' })).toHaveProperty('secondarystorage');
    const { zone } = await console3.get('updateZone', { allocationstate: 'Enabled', id: zoneId });
    expect(zone).toMatchObject({ allocationstate: 'Enabled' });
  });

  it('finds a built-in template once one is installed', async () => {
    await installTemplate(server, { storeUrl: 'nfs://sim-nfs/secondary' } as BasicZone);
    const templates = list(await console3.get('listTemplates', { templatefilter: 'all' }), 'template');
    expect(templates).toContainEqual(expect.objectContaining({ templatetype: 'BUILTIN', isready: true, status: 'Download Complete' }));
  });
});

describe('the wizard for machines', () => {
  it('offers what there is and deploys', async () => {
    const zones = list(await console3.get('listZones', { available: true }), 'zone');
    const zoneId = id(zones[0]);
    expect(zones[0]).toMatchObject({ networktype: 'Basic', securitygroupsenabled: true });
    expect(list(await console3.get('listHypervisors', { zoneid: zoneId }), 'hypervisor')).toContainEqual({ name: 'Simulator' });
    const templates = await Promise.all(
      ['featured', 'community', 'selfexecutable'].map((templatefilter) =>
        console3.get('listTemplates', { templatefilter, zoneid: zoneId }),
      ),
    );
    const template = templates.flatMap((answer) => list(answer, 'template'))[0];
    const sizes = list(await console3.get('listServiceOfferings', { issystem: false }), 'serviceoffering');
    expect(list(await console3.get('listDiskOfferings'), 'diskoffering').length).toBeGreaterThan(0);
    const { virtualmachine } = await console3.follow('deployVirtualMachine', {
      zoneId,
      templateId: id(template),
      hypervisor: 'Simulator',
      serviceOfferingId: id(sizes[0]),
      displayname: 'Web server',
      name: 'web',
      group: 'shop',
    });
    expect(virtualmachine).toMatchObject({ state: 'Running', displayname: 'Web server', name: 'web', group: 'shop' });
  });
});

describe('the pages', () => {
  /** Command, parameters, item, and the columns that a filled row must have. */
  const pages: readonly (readonly [string, Params, string, readonly string[]])[] = [
    [
      'listVirtualMachines',
      {},
      'virtualmachine',
      'displayname instancename hypervisor hostname templatename serviceofferingname cpunumber cpuspeed memory group guestosid haenable passwordenabled account domain created zonename state nic securitygroup'.split(
        ' ',
      ),
    ],
    [
      'listVolumes',
      {},
      'volume',
      'name type storagetype storage deviceid size hypervisor virtualmachineid vmdisplayname vmstate isextractable account domain zonename'.split(
        ' ',
      ),
    ],
    [
      'listTemplates',
      { templatefilter: 'self' },
      'template',
      'displaytext hypervisor status isready templatetype ostypeid ostypename size isextractable passwordenabled ispublic isfeatured crossZones zonename'.split(
        ' ',
      ),
    ],
    ['listNetworks', {}, 'network', 'name type vlan networkofferingid networkofferingname restartrequired service state'.split(' ')],
    ['listAccounts', {}, 'account', 'name accounttype domain state user'.split(' ')],
    ['listUsers', {}, 'user', 'username email firstname lastname accounttype account'.split(' ')],
    ['listDomains', {}, 'domain', 'name path level'.split(' ')],
    ['listEvents', {}, 'event', 'type description username level created'.split(' ')],
    ['listConfigurations', {}, 'configuration', 'name value description'.split(' ')],
    [
      'listServiceOfferings',
      { issystem: false },
      'serviceoffering',
      'displaytext cpunumber cpuspeed memory storagetype offerha limitcpuuse'.split(' '),
    ],
    ['listDiskOfferings', {}, 'diskoffering', 'displaytext disksize iscustomized storagetype'.split(' ')],
    [
      'listNetworkOfferings',
      {},
      'networkoffering',
      'displaytext guestiptype traffictype availability isdefault specifyvlan specifyipranges conservemode service state'.split(' '),
    ],
    ['listZones', {}, 'zone', 'dns1 internaldns1 networktype allocationstate securitygroupsenabled'.split(' ')],
    ['listPods', {}, 'pod', 'gateway netmask startip endip allocationstate zonename'.split(' ')],
    ['listClusters', {}, 'cluster', 'hypervisortype clustertype managedstate allocationstate podname zonename'.split(' ')],
    [
      'listHosts',
      { type: 'routing' },
      'host',
      'resourcestate state type ipaddress hypervisor cpunumber cpuspeed cpuallocated memorytotal memoryallocated clustername podname zonename version created'.split(
        ' ',
      ),
    ],
    ['listHosts', { type: 'SecondaryStorage' }, 'host', 'name zonename created'.split(' ')],
    ['listStoragePools', {}, 'storagepool', 'type path ipaddress disksizetotal disksizeallocated clustername zonename'.split(' ')],
    ['listPhysicalNetworks', {}, 'physicalnetwork', 'state zoneid broadcastdomainrange'.split(' ')],
    ['listCapacity', { fetchLatest: true }, 'capacity', 'type zonename capacityused capacitytotal percentused'.split(' ')],
  ];

  it.each(pages)('%s %j has its columns', async (command, params, item, columns) => {
    const answer = await console3.get(command, { ...params, listAll: true, page: 1, pagesize: 20 });
    expect(list(answer, item).length).toBeGreaterThan(0);
    const found = new Set(list(answer, item).flatMap((row) => Object.keys(row)));
    expect(columns.filter((column) => !found.has(column))).toEqual([]);
    const next = await console3.get(command, { ...params, listAll: true, page: 1_000, pagesize: 20 });
    expect(next).toEqual({ count: answer['count'] });
  });

  it('of the dashboard get their figures', async () => {
    const busiest = await console3.get('listCapacity', { fetchLatest: true, sortBy: 'usage', page: 0, pagesize: 8 });
    expect(list(busiest, 'capacity').length).toBeGreaterThan(0);
    const first = { page: 1, pagesize: 4, listAll: true };
    expect(await console3.get('listAlerts', first)).toBeTypeOf('object');
    expect(await console3.get('listHosts', { ...first, state: 'Alert' })).toEqual({});
    expect(await console3.get('listPublicIpAddresses', first)).toEqual({});
  });

  it('of a zone find the networks of each kind of traffic', async () => {
    const zoneId = id(list(await console3.get('listZones'), 'zone')[0]);
    for (const trafficType of ['Public', 'Management', 'Storage'])
      expect(
        list(await console3.get('listNetworks', { listAll: true, isSystem: true, trafficType, zoneId }), 'network'),
        trafficType,
      ).toHaveLength(1);
  });

  it('search by a word', async () => {
    expect(await console3.get('listVirtualMachines', { keyword: 'web', listAll: true, page: 1, pagesize: 20 })).toMatchObject({ count: 1 });
    expect(await console3.get('listVirtualMachines', { keyword: 'mail', listAll: true, page: 1, pagesize: 20 })).toEqual({});
  });

  it('show the text of an error, also for what the server does not know', async () => {
    const unknown = await console3.send('listNetscalerLoadBalancers');
    expect(unknown.status).toBe(432);
    expect(Object.values(unknown.body).at(-1)).toMatchObject({
      errorcode: 432,
      errortext: expect.stringContaining('does not exist') as unknown,
    });
  });
});

describe('the end', () => {
  it('closes the session for good', async () => {
    expect(await console3.get('logout')).toEqual({ description: 'success' });
    expect((await console3.send('listZones')).status).toBe(401);
  });
});
