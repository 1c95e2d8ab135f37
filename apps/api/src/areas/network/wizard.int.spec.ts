// The install wizard of a basic zone, request by request as the CloudStack 3 console sends it, and the way back.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Body } from '../../../test/harness/api-client.ts';
import { startTestServer, type TestServer } from '../../../test/harness/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server?.stop());

const first = (list: readonly Body[]): Body => {
  expect(list.length).toBeGreaterThan(0);
  return list[0]!;
};
const id = (body: unknown): string => String((body as Body)['id']);

describe('CS-23: a basic zone from the wizard', () => {
  it('answers every step as the wizard reads it, and is taken apart again', async () => {
    const { admin } = server;
    expect(await admin.call('listZones')).toEqual({});

    const offerings = await admin.list('listNetworkOfferings', { state: 'Enabled', guestiptype: 'Shared' });
    const services = (offering: Body) => (offering['service'] as Body[]).map(({ name }) => name);
    const chosen = offerings.find(
      (offering) =>
        services(offering).includes('SecurityGroup') && !services(offering).includes('Lb') && !services(offering).includes('StaticNat'),
    )!;
    expect(chosen['name']).toBe('DefaultSharedNetworkOfferingWithSGService');

    const zone = (await admin.call('createZone', { networktype: 'Basic', name: 'Zone1', dns1: '8.8.8.8', internaldns1: '192.168.100.1' }))[
      'zone'
    ] as Body;
    expect(zone).toMatchObject({
      name: 'Zone1',
      networktype: 'Basic',
      allocationstate: 'Disabled',
      securitygroupsenabled: true,
      dns1: '8.8.8.8',
      internaldns1: '192.168.100.1',
      tags: [],
    });
    const zoneId = id(zone);
    const systemNetworks = await admin.list('listNetworks', { listAll: true, isSystem: true, zoneId });
    expect(new Set(systemNetworks.map(({ traffictype }) => traffictype))).toEqual(new Set(['Control', 'Management', 'Public', 'Storage']));

    const created = await admin.call('createPhysicalNetwork', { zoneId, name: 'PhysicalNetworkInBasicZone' });
    const wire = await admin.result(String(created['jobid']));
    expect(wire).toMatchObject({
      id: created['id'],
      name: 'PhysicalNetworkInBasicZone',
      state: 'Disabled',
      zoneid: zoneId,
      broadcastdomainrange: 'POD',
    });
    const physicalnetworkid = id(wire);
    const [guest, management] = await Promise.all([
      admin.run('addTrafficType', { trafficType: 'Guest', physicalnetworkid, kvmnetworklabel: 'br0' }),
      admin.run('addTrafficType', { trafficType: 'Management', physicalnetworkid }),
    ]);
    expect(guest).toMatchObject({ traffictype: 'Guest', physicalnetworkid, kvmnetworklabel: 'br0' });
    expect(management).not.toHaveProperty('kvmnetworklabel');
    expect(await admin.run('updatePhysicalNetwork', { state: 'Enabled', id: physicalnetworkid })).toMatchObject({ state: 'Enabled' });

    const router = first(await admin.list('listNetworkServiceProviders', { name: 'VirtualRouter', physicalNetworkId: physicalnetworkid }));
    expect(router).toMatchObject({ state: 'Disabled', physicalnetworkid });
    const element = first(await admin.list('listVirtualRouterElements', { nspid: id(router) }));
    expect(await admin.run('configureVirtualRouterElement', { enabled: true, id: id(element) })).toMatchObject({
      id: id(element),
      enabled: true,
      nspid: id(router),
    });
    expect(await admin.run('updateNetworkServiceProvider', { state: 'Enabled', id: id(router) })).toMatchObject({ state: 'Enabled' });
    const groups = first(
      await admin.list('listNetworkServiceProviders', { name: 'SecurityGroupProvider', physicalNetworkId: physicalnetworkid }),
    );
    expect(await admin.run('updateNetworkServiceProvider', { state: 'Enabled', id: id(groups) })).toMatchObject({
      state: 'Enabled',
      servicelist: ['SecurityGroup'],
    });
    expect(await admin.call('listNetworkServiceProviders', { name: 'SecurityGroupProvider', state: 'Enabled' })).toMatchObject({
      count: 1,
    });

    const network = (
      await admin.call('createNetwork', {
        zoneid: zoneId,
        name: 'guestNetworkForBasicZone',
        displaytext: 'guestNetworkForBasicZone',
        networkofferingid: id(chosen),
      })
    )['network'] as Body;
    expect(network).toMatchObject({
      type: 'Shared',
      state: 'Setup',
      traffictype: 'Guest',
      zoneid: zoneId,
      networkofferingid: id(chosen),
      acltype: 'Domain',
      issystem: false,
      canusefordeploy: true,
    });
    const pod = (
      await admin.call('createPod', {
        zoneId,
        name: 'Pod1',
        gateway: '192.168.100.1',
        netmask: '255.255.255.0',
        startIp: '192.168.100.20',
        endIp: '192.168.100.29',
      })
    )['pod'] as Body;
    expect(pod).toMatchObject({
      name: 'Pod1',
      zoneid: zoneId,
      startip: ['192.168.100.20'],
      endip: ['192.168.100.29'],
      allocationstate: 'Enabled',
    });
    const range = (
      await admin.call('createVlanIpRange', {
        podid: id(pod),
        networkid: id(network),
        gateway: '192.168.100.1',
        netmask: '255.255.255.0',
        startip: '192.168.100.100',
        endip: '192.168.100.199',
        forVirtualNetwork: false,
      })
    )['vlan'] as Body;
    expect(range).toMatchObject({
      podid: id(pod),
      networkid: id(network),
      zoneid: zoneId,
      startip: '192.168.100.100',
      endip: '192.168.100.199',
      forvirtualnetwork: false,
      cidr: '192.168.100.0/24',
    });
    const clusters = await admin.call('addCluster', {
      zoneId,
      hypervisor: 'Simulator',
      clustertype: 'CloudManaged',
      podId: id(pod),
      clustername: 'Cluster1',
    });
    const cluster = first(clusters['cluster'] as Body[]);
    expect(clusters['count']).toBe(1);
    expect(cluster).toMatchObject({
      name: 'Cluster1',
      podid: id(pod),
      zoneid: zoneId,
      hypervisortype: 'Simulator',
      clustertype: 'CloudManaged',
      managedstate: 'Managed',
      cpuovercommitratio: '1',
    });
    expect((await admin.call('updateZone', { allocationstate: 'Enabled', id: zoneId }))['zone']).toMatchObject({
      allocationstate: 'Enabled',
    });

    const guests = await admin.list('listCapacity', { type: 8, zoneid: zoneId });
    expect(guests).toEqual([
      expect.objectContaining({ type: 8, capacitytotal: 100, capacityused: 0, percentused: '0', zoneid: zoneId, zonename: 'Zone1' }),
    ]);

    await expectRefused(zoneId, { podId: id(pod), networkId: id(network), physicalnetworkid });

    await admin.call('deleteCluster', { id: id(cluster) });
    await admin.call('deleteVlanIpRange', { id: id(range) });
    await admin.call('deletePod', { id: id(pod) });
    await admin.run('deleteNetwork', { id: id(network) });
    await admin.run('deletePhysicalNetwork', { id: physicalnetworkid });
    await admin.call('deleteZone', { id: zoneId });
    expect(await admin.call('listZones')).toEqual({});
    const left = await server.dataSource.query(
      'SELECT (SELECT COUNT(*) FROM network) + (SELECT COUNT(*) FROM physical_network) + (SELECT COUNT(*) FROM traffic_type) + (SELECT COUNT(*) FROM network_service_provider) + (SELECT COUNT(*) FROM virtual_router_element) + (SELECT COUNT(*) FROM guest_address) + (SELECT COUNT(*) FROM vlan_ip_range) AS total',
    );
    expect(Number(left[0].total)).toBe(0);
  });
});

/** CS-08: what still holds something is not deleted, and says what it holds. */
async function expectRefused(
  zoneId: string,
  { podId, networkId, physicalnetworkid }: { podId: string; networkId: string; physicalnetworkid: string },
): Promise<void> {
  const { admin } = server;
  const zone = await admin.refused('deleteZone', { id: zoneId });
  expect(zone).toMatchObject({
    code: 536,
    text: 'zone Zone1 still holds 1 pod (Pod1) and 1 address range (192.168.100.100): delete them first',
  });
  const pod = await admin.refused('deletePod', { id: podId });
  expect(pod.text).toContain('pod Pod1 still holds 1 cluster (Cluster1) and 1 guest range (192.168.100.100-192.168.100.199)');
  await expect(admin.run('deletePhysicalNetwork', { id: physicalnetworkid })).rejects.toThrow('1 guest network (guestNetworkForBasicZone)');
  const second = await admin.refused('createNetwork', {
    zoneid: zoneId,
    name: 'second',
    networkofferingid: id((await admin.list('listNetworkOfferings', { name: 'DefaultSharedNetworkOffering' }))[0]),
  });
  expect(second.text).toContain('has its guest network already (guestNetworkForBasicZone)');
  await server.dataSource.query("UPDATE guest_address SET state = 'Allocated', nic_id = 1 ORDER BY id LIMIT 2");
  await expect(admin.run('deleteNetwork', { id: networkId })).rejects.toThrow(
    '2 addresses are still held by machines (192.168.100.100, 192.168.100.101)',
  );
  expect((await admin.list('listNetworks', { id: networkId }))[0]).toMatchObject({ state: 'Setup' });
  await server.dataSource.query("UPDATE guest_address SET state = 'Free', nic_id = NULL");
}
