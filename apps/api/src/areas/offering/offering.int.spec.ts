// Service, disk and network offerings: the default sets, their life, what is refused.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Body, Params } from '../../../test/harness/api-client.ts';
import { startTestServer, type TestServer } from '../../../test/harness/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server?.stop());

const id = (body: unknown): string => String((body as Body)['id']);

async function makeUser(username: string, domainid?: string) {
  await server.admin.call('createAccount', {
    accounttype: 0,
    username,
    firstname: 'a',
    lastname: 'b',
    email: 'a@b.example',
    password: 'a-Long-passw0rd',
    domainid,
  });
  const [row] = await server.admin.list('listUsers', { username, listall: true });
  const keys = (await server.admin.call('registerUserKeys', { id: id(row) }))['userkeys'] as Body;
  return server.as({ apiKey: String(keys['apikey']), secretKey: String(keys['secretkey']) });
}

describe('service offerings', () => {
  it('come as a set whose sizes clients can read', async () => {
    const offerings = await server.admin.list('listServiceOfferings', { issystem: false });
    expect(offerings.map(({ name, cpunumber, cpuspeed, memory }) => [name, cpunumber, cpuspeed, memory])).toEqual([
      ['Small Instance', 1, 500, 512],
      ['Medium Instance', 1, 1000, 1024],
    ]);
    const system = await server.admin.list('listServiceOfferings', { issystem: true });
    expect(system.map(({ systemvmtype }) => systemvmtype)).toEqual(['domainrouter', 'consoleproxy', 'secondarystoragevm']);
  });

  it('are created, changed and deleted', async () => {
    const { admin } = server;
    const created = (
      await admin.call('createServiceOffering', {
        name: 'Large',
        displaytext: 'Large one',
        cpunumber: 4,
        cpuspeed: 2000,
        memory: 8192,
        tags: 'ssd, fast',
        hosttags: 'gold',
        offerha: true,
        limitcpuuse: true,
        rootdisksize: 40,
        networkrate: 1000,
      })
    )['serviceoffering'] as Body;
    expect(created).toMatchObject({
      name: 'Large',
      cpunumber: 4,
      memory: 8192,
      storagetags: 'ssd,fast',
      tags: 'ssd,fast',
      hosttags: 'gold',
      offerha: true,
      limitcpuuse: true,
      rootdisksize: 40,
      networkrate: 1000,
      iscustomized: false,
      state: 'Active',
      provisioningtype: 'thin',
      storagetype: 'shared',
    });
    expect(await admin.list('listServiceOfferings', { id: id(created) })).toEqual([created]);
    const changed = (
      await admin.call('updateServiceOffering', {
        id: id(created),
        name: 'XL',
        hosttags: '',
        storagetags: 'ssd',
        state: 'Inactive',
        sortkey: -1,
      })
    )['serviceoffering'] as Body;
    expect(changed).toMatchObject({ name: 'XL', storagetags: 'ssd', state: 'Inactive' });
    expect(changed).not.toHaveProperty('hosttags');
    const user = await makeUser('reader');
    expect((await user.list('listServiceOfferings')).map(({ name }) => name)).toEqual(['Small Instance', 'Medium Instance']);
    expect(await user.refused('deleteServiceOffering', { id: id(created) })).toMatchObject({ code: 432 });
    expect(await admin.call('deleteServiceOffering', { id: id(created) })).toEqual({ success: 'true' });
    expect(await admin.refused('deleteServiceOffering', { id: id(created) })).toMatchObject({ code: 431 });
  });

  it('whose size the user chooses carry their limits', async () => {
    const created = (
      await server.admin.call('createServiceOffering', {
        name: 'Any size',
        cpuspeed: 1000,
        mincpunumber: 1,
        maxcpunumber: 8,
        minmemory: 256,
        maxmemory: 16384,
      })
    )['serviceoffering'] as Body;
    expect(created).toMatchObject({
      iscustomized: true,
      cpuspeed: 1000,
      serviceofferingdetails: { mincpunumber: '1', maxcpunumber: '8', minmemory: '256', maxmemory: '16384' },
    });
    expect(created).not.toHaveProperty('cpunumber');
    await server.admin.call('deleteServiceOffering', { id: id(created) });
  });

  it('for a domain exist for its accounts only', async () => {
    const { admin } = server;
    const domainid = id((await admin.call('createDomain', { name: 'tenant' }))['domain']);
    const created = id(
      (await admin.call('createServiceOffering', { name: 'Private', cpunumber: 1, cpuspeed: 500, memory: 512, domainid }))[
        'serviceoffering'
      ],
    );
    const [insider, outsider] = [await makeUser('insider', domainid), await makeUser('outsider')];
    expect(await insider.list('listServiceOfferings', { id: created })).toHaveLength(1);
    expect((await outsider.refused('listServiceOfferings', { id: created })).text).toContain('entity does not exist');
    expect((await outsider.list('listServiceOfferings')).map(id)).not.toContain(created);
    await admin.call('updateServiceOffering', { id: created, domainid: 'public' });
    expect(await outsider.list('listServiceOfferings', { id: created })).toHaveLength(1);
    await admin.call('deleteServiceOffering', { id: created });
  });

  it.each<[string, Params, string]>([
    ['no name', { name: undefined }, 'missing parameter name'],
    ['half a size', { memory: undefined }, 'memory is missing'],
    ['CPUs that are no number', { cpunumber: 'two' }, 'a whole number is expected'],
    ['no CPU at all', { cpunumber: 0 }, 'parameter cpunumber is 0'],
    ['tags that could be commands', { tags: '$(reboot)' }, '"$(reboot)" cannot be a tag'],
    ['an unknown storage type', { storagetype: 'tape' }, 'one of shared, local is expected'],
    ['a kind of system machine for users', { systemvmtype: 'domainrouter' }, 'systemvmtype goes with issystem=true'],
    ['a root disk of nothing', { rootdisksize: -5 }, 'parameter rootdisksize is -5'],
    ['a domain of nobody', { domainid: 'nobody' }, 'Invalid parameter domainid value=nobody'],
  ])('refuse %s', async (_case, params, reason) => {
    const before = await server.admin.list('listServiceOfferings');
    const refused = await server.admin.refused('createServiceOffering', {
      name: 'bad',
      cpunumber: 1,
      cpuspeed: 500,
      memory: 512,
      ...params,
    });
    expect(refused).toMatchObject({ code: 431 });
    expect(refused.text).toContain(reason);
    expect(await server.admin.list('listServiceOfferings')).toEqual(before);
  });
});

describe('disk offerings', () => {
  it('come as a set, are created, changed and deleted', async () => {
    const { admin } = server;
    const defaults = await admin.list('listDiskOfferings');
    expect(defaults.map(({ name, disksize, iscustomized }) => [name, disksize, iscustomized])).toEqual([
      ['Small', 5, false],
      ['Medium', 20, false],
      ['Large', 100, false],
      ['Custom', 0, true],
    ]);
    const created = (await admin.call('createDiskOffering', { name: 'Huge', disksize: 2000, tags: 'hdd', displayoffering: false }))[
      'diskoffering'
    ] as Body;
    expect(created).toMatchObject({
      name: 'Huge',
      displaytext: 'Huge',
      disksize: 2000,
      iscustomized: false,
      tags: 'hdd',
      displayoffering: false,
    });
    const user = await makeUser('diskuser');
    expect(await user.list('listDiskOfferings', { name: 'Huge' })).toEqual([]);
    expect(
      (await admin.call('updateDiskOffering', { id: id(created), displayoffering: true, tags: '', displaytext: 'Big one' }))[
        'diskoffering'
      ],
    ).toMatchObject({ displayoffering: true, displaytext: 'Big one' });
    expect(await user.list('listDiskOfferings', { name: 'Huge' })).toHaveLength(1);
    expect(await admin.call('deleteDiskOffering', { id: id(created) })).toEqual({ success: 'true' });
    expect(await admin.list('listDiskOfferings')).toEqual(defaults);
  });

  it.each<[string, Params, string]>([
    ['neither size nor choice', { disksize: undefined }, 'disksize is missing'],
    ['both size and choice', { customized: true }, 'disksize is for offerings of fixed size'],
    ['a size beyond every disk', { disksize: 1e9 }, 'parameter disksize is 1000000000'],
    ['no name', { name: undefined }, 'missing parameter name'],
  ])('refuse %s', async (_case, params, reason) => {
    expect((await server.admin.refused('createDiskOffering', { name: 'bad', disksize: 5, ...params })).text).toContain(reason);
  });
});

describe('network offerings', () => {
  it('come as a set with the names that tools look for', async () => {
    const names = (await server.admin.list('listNetworkOfferings', { isdefault: true })).map(({ name }) => name);
    for (const name of [
      'DefaultSharedNetworkOfferingWithSGService',
      'DefaultSharedNetworkOffering',
      'DefaultIsolatedNetworkOfferingWithSourceNatService',
      'DefaultIsolatedNetworkOffering',
    ])
      expect(names).toContain(name);
    const [isolated] = await server.admin.list('listNetworkOfferings', { name: 'DefaultIsolatedNetworkOfferingWithSourceNatService' });
    expect(isolated).toMatchObject({
      guestiptype: 'Isolated',
      traffictype: 'Guest',
      availability: 'Required',
      state: 'Enabled',
      specifyvlan: false,
      isdefault: true,
    });
    const lb = (isolated!['service'] as Body[]).find(({ name }) => name === 'Lb')!;
    expect(lb).toMatchObject({ provider: [expect.objectContaining({ name: 'VirtualRouter' })] });
    expect(lb['capability']).toContainEqual({
      name: 'SupportedLbAlgorithms',
      value: 'roundrobin,leastconn,source',
      canchooseservicecapability: false,
    });
    expect(
      await server.admin.list('listNetworkOfferings', {
        guestiptype: 'Isolated',
        supportedservices: 'sourceNat',
        specifyvlan: false,
        forvpc: false,
      }),
    ).toEqual([isolated]);
    expect(names.some((name) => String(name).startsWith('System-'))).toBe(false);
  });

  it('are created disabled, enabled and deleted', async () => {
    const { admin } = server;
    const created = (
      await admin.call('createNetworkOffering', {
        name: 'Mine',
        displaytext: 'Mine',
        guestiptype: 'Shared',
        traffictype: 'GUEST',
        supportedservices: 'Dhcp,Dns,SecurityGroup',
        'serviceproviderlist[0].service': 'Dhcp',
        'serviceproviderlist[0].provider': 'VirtualRouter',
        'serviceproviderlist[1].service': 'Dns',
        'serviceproviderlist[1].provider': 'VirtualRouter',
        'serviceproviderlist[2].service': 'SecurityGroup',
        'serviceproviderlist[2].provider': 'SecurityGroupProvider',
      })
    )['networkoffering'] as Body;
    expect(created).toMatchObject({ name: 'Mine', state: 'Disabled', isdefault: false, guestiptype: 'Shared', specifyipranges: true });
    expect((created['service'] as Body[]).map(({ name }) => name)).toEqual(['Dhcp', 'Dns', 'SecurityGroup']);
    const user = await makeUser('netofferinguser');
    expect(await user.list('listNetworkOfferings', { name: 'Mine' })).toEqual([]);
    expect(
      (await admin.call('updateNetworkOffering', { id: id(created), state: 'Enabled', availability: 'Required' }))['networkoffering'],
    ).toMatchObject({ state: 'Enabled', availability: 'Required' });
    expect(await user.list('listNetworkOfferings', { name: 'Mine' })).toHaveLength(1);
    expect(await admin.call('deleteNetworkOffering', { id: id(created) })).toEqual({ success: 'true' });
    const [standard] = await admin.list('listNetworkOfferings', { name: 'DefaultSharedNetworkOffering' });
    expect((await admin.refused('deleteNetworkOffering', { id: id(standard) })).text).toContain('came with the product and stays');
  });

  it.each<[string, Params, number, string]>([
    ['a map without index', { 'serviceproviderlist.service': 'Dhcp' }, 431, 'service Dhcp has no provider'],
    ['a malformed map', { 'serviceproviderlist[x].service': 'Dhcp' }, 430, 'is malformed'],
    ['an unknown type', { guestiptype: 'Private' }, 431, 'one of Shared, Isolated, L2 is expected'],
    ['system traffic', { traffictype: 'Public' }, 431, 'one of Guest is expected'],
    ['a service without provider', {}, 431, 'service Dhcp has no provider'],
    ['no type', { guestiptype: undefined }, 431, 'missing parameter guestiptype'],
  ])('refuse %s', async (_case, params, code, reason) => {
    const refused = await server.admin.refused('createNetworkOffering', {
      name: 'bad',
      guestiptype: 'Shared',
      traffictype: 'Guest',
      supportedservices: 'Dhcp',
      ...params,
    });
    expect(refused).toMatchObject({ code });
    expect(refused.text).toContain(reason);
  });
});
