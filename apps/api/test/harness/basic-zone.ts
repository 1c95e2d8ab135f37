// A running basic zone on the simulator, built by API calls as an operator's client would.
import type { ApiClient, Body } from './api-client.ts';

export interface BasicZone {
  readonly zoneId: string;
  readonly podId: string;
  readonly clusterId: string;
  readonly networkId: string;
  readonly hostIds: readonly string[];
  readonly poolId: string;
  readonly storeUrl: string;
}

export interface BasicZoneOptions {
  readonly hosts?: number;
  /** Guest addresses 10.1.0.10 to 10.1.0.(9 + n). */
  readonly guestAddresses?: number;
  /** Names what must differ between zones of one server. */
  readonly label?: string;
  /** Let the zone have its system machines and routers; without it a test keeps its figures to itself. */
  readonly systemVms?: boolean;
}

const idOf = (body: Body, item: string): string => {
  const found = body[item];
  return String(((Array.isArray(found) ? found[0] : found) as Body)['id']);
};

export async function createBasicZone(
  admin: ApiClient,
  { hosts = 2, guestAddresses = 200, label = 'one', systemVms = false }: BasicZoneOptions = {},
): Promise<BasicZone> {
  const offering = (await admin.list('listNetworkOfferings', { name: 'DefaultSharedNetworkOfferingWithSGService' }))[0]!;
  const zoneId = idOf(
    await admin.call('createZone', { name: `zone-${label}`, networktype: 'Basic', dns1: '8.8.8.8', internaldns1: '10.0.0.2' }),
    'zone',
  );
  const physicalId = String((await admin.run('createPhysicalNetwork', { zoneid: zoneId, name: 'PhysicalNetworkInBasicZone' }))['id']);
  await admin.run('addTrafficType', { physicalnetworkid: physicalId, traffictype: 'Guest' });
  await admin.run('addTrafficType', { physicalnetworkid: physicalId, traffictype: 'Management' });
  await admin.run('updatePhysicalNetwork', { id: physicalId, state: 'Enabled' });
  const router = (await admin.list('listNetworkServiceProviders', { name: 'VirtualRouter', physicalnetworkid: physicalId }))[0]!;
  const element = (await admin.list('listVirtualRouterElements', { nspid: String(router['id']) }))[0]!;
  await admin.run('configureVirtualRouterElement', { id: String(element['id']), enabled: true });
  await admin.run('updateNetworkServiceProvider', { id: String(router['id']), state: 'Enabled' });
  const groups = (await admin.list('listNetworkServiceProviders', { name: 'SecurityGroupProvider', physicalnetworkid: physicalId }))[0]!;
  await admin.run('updateNetworkServiceProvider', { id: String(groups['id']), state: 'Enabled' });
  const networkId = idOf(
    await admin.call('createNetwork', {
      zoneid: zoneId,
      name: 'guestNetworkForBasicZone',
      displaytext: 'guestNetworkForBasicZone',
      networkofferingid: String(offering['id']),
    }),
    'network',
  );
  const podId = idOf(
    await admin.call('createPod', {
      zoneid: zoneId,
      name: `pod-${label}`,
      gateway: '10.0.0.1',
      netmask: '255.255.0.0',
      startip: '10.0.200.1',
      endip: '10.0.200.50',
    }),
    'pod',
  );
  await admin.call('createVlanIpRange', {
    podid: podId,
    networkid: networkId,
    gateway: '10.1.0.1',
    netmask: '255.255.0.0',
    startip: '10.1.0.10',
    endip: `10.1.${Math.floor((9 + guestAddresses) / 256)}.${(9 + guestAddresses) % 256}`,
    forvirtualnetwork: false,
  });
  const clusterId = idOf(
    await admin.call('addCluster', {
      zoneid: zoneId,
      podid: podId,
      hypervisor: 'Simulator',
      clustertype: 'CloudManaged',
      clustername: `cluster-${label}`,
    }),
    'cluster',
  );
  const hostIds: string[] = [];
  for (let n = 1; n <= hosts; n += 1) {
    const added = await admin.call('addHost', {
      zoneid: zoneId,
      podid: podId,
      clusterid: clusterId,
      hypervisor: 'Simulator',
      url: `http://sim-${n}.${label}.example.test`,
      username: 'root',
      password: 'password',
    });
    hostIds.push(idOf(added, 'host'));
  }
  const poolId = idOf(
    await admin.call('createStoragePool', {
      zoneid: zoneId,
      podid: podId,
      clusterid: clusterId,
      name: `primary-${label}`,
      url: `nfs://sim-nfs/primary-${label}`,
    }),
    'storagepool',
  );
  const storeUrl = `nfs://sim-nfs/secondary-${label}`;
  if (!systemVms) await admin.call('updateConfiguration', { name: 'system.vms', value: 'false', zoneid: zoneId });
  await admin.call('addImageStore', { provider: 'NFS', zoneid: zoneId, url: storeUrl });
  await admin.call('updateZone', { id: zoneId, allocationstate: 'Enabled' });
  return { zoneId, podId, clusterId, networkId, hostIds, poolId, storeUrl };
}
