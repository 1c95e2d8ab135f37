// Every saga of the network area: each step repeated, refused and failed leaves what it should and no trace of what it should not.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, it } from 'vitest';
import type { Body, Params } from '../../../test/harness/api-client.ts';
import { checkSaga, type SagaRig } from '../../../test/harness/check-saga.ts';
import { startTestServer, type TestServer } from '../../../test/harness/test-server.ts';
import { networkArea } from './area.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server?.stop());

const id = (body: unknown): string => String((body as Body)['id']);

interface Place {
  readonly zoneid: string;
  readonly wire: string;
  readonly pod: string;
  readonly network: string;
  readonly traffic: string;
  readonly storageRange: string;
  readonly router: string;
  readonly groups: string;
  readonly element: string;
}

/** A zone in which everything can still be changed or taken away. */
async function makePlace(): Promise<Place> {
  const { admin } = server;
  const zoneid = id(
    (await admin.call('createZone', { name: `zone ${randomUUID()}`, networktype: 'Basic', dns1: '8.8.8.8', internaldns1: '10.0.0.2' }))[
      'zone'
    ],
  );
  const wire = id(await admin.run('createPhysicalNetwork', { zoneid, name: 'wire' }));
  await admin.run('addTrafficType', { physicalnetworkid: wire, traffictype: 'Guest' });
  const traffic = id(await admin.run('addTrafficType', { physicalnetworkid: wire, traffictype: 'Storage' }));
  await admin.run('updatePhysicalNetwork', { id: wire, state: 'Enabled' });
  const provider = async (name: string) => id((await admin.list('listNetworkServiceProviders', { physicalnetworkid: wire, name }))[0]);
  const [router, groups] = [await provider('VirtualRouter'), await provider('SecurityGroupProvider')];
  const element = id((await admin.list('listVirtualRouterElements', { nspid: router }))[0]);
  const offering = (await admin.list('listNetworkOfferings', { name: 'QuickCloudNoServices' }))[0];
  const network = id((await admin.call('createNetwork', { zoneid, name: 'guests', networkofferingid: id(offering) }))['network']);
  const pod = id(
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
  const storageRange = id(
    await admin.run('createStorageNetworkIpRange', {
      podid: pod,
      gateway: '10.8.0.1',
      netmask: '255.255.255.0',
      startip: '10.8.0.10',
      endip: '10.8.0.19',
    }),
  );
  return { zoneid, wire, pod, network, traffic, storageRange, router, groups, element };
}

/** Everything of the zone's networks but ids and moments. */
async function contents(zoneid: string): Promise<string> {
  const inZone = 'JOIN physical_network p ON p.id = x.physical_network_id JOIN zone z ON z.id = p.zone_id WHERE z.uuid = ?';
  const queries = [
    'SELECT p.name, p.state, p.version, p.vlan, p.tags, p.network_speed FROM physical_network p JOIN zone z ON z.id = p.zone_id WHERE z.uuid = ? ORDER BY p.id',
    `SELECT x.kind, x.kvm_label FROM traffic_type x ${inZone} ORDER BY x.kind`,
    `SELECT x.name, x.state, x.version, x.services, e.enabled FROM network_service_provider x LEFT JOIN virtual_router_element e ON e.provider_id = x.id ${inZone} ORDER BY x.name`,
    'SELECT n.name, n.state, n.version, n.dns1, n.physical_network_id IS NULL AS untied FROM network n JOIN zone z ON z.id = n.zone_id WHERE z.uuid = ? ORDER BY n.name',
    'SELECT r.start_ip, r.vlan FROM storage_ip_range r JOIN zone z ON z.id = r.zone_id WHERE z.uuid = ? ORDER BY r.id',
  ];
  const rows: unknown[] = [];
  for (const query of queries) rows.push(await server.dataSource.query(query, [zoneid]));
  return JSON.stringify(rows);
}

type Request = readonly [command: string, params: (place: Place) => Params, prepare?: (place: Place) => Promise<unknown>];

const requests: Readonly<Record<string, Request>> = {
  createPhysicalNetwork: ['createPhysicalNetwork', ({ zoneid }) => ({ zoneid, name: 'second' })],
  updatePhysicalNetwork: [
    'updatePhysicalNetwork',
    ({ wire }) => ({ id: wire, state: 'Disabled', tags: 'slow' }),
    ({ network }) => server.admin.run('deleteNetwork', { id: network }),
  ],
  deletePhysicalNetwork: ['deletePhysicalNetwork', ({ wire }) => ({ id: wire }), empty],
  addTrafficType: ['addTrafficType', ({ wire }) => ({ physicalnetworkid: wire, traffictype: 'Management', kvmnetworklabel: 'br1' })],
  updateTrafficType: ['updateTrafficType', ({ traffic }) => ({ id: traffic, kvmnetworklabel: 'br2' })],
  deleteTrafficType: [
    'deleteTrafficType',
    ({ traffic }) => ({ id: traffic }),
    ({ storageRange }) => server.admin.run('deleteStorageNetworkIpRange', { id: storageRange }),
  ],
  addNetworkServiceProvider: [
    'addNetworkServiceProvider',
    ({ wire }) => ({ physicalnetworkid: wire, name: 'VirtualRouter' }),
    ({ router }) => server.admin.run('deleteNetworkServiceProvider', { id: router }),
  ],
  updateNetworkServiceProvider: ['updateNetworkServiceProvider', ({ groups }) => ({ id: groups, state: 'Enabled' })],
  deleteNetworkServiceProvider: ['deleteNetworkServiceProvider', ({ router }) => ({ id: router })],
  configureVirtualRouterElement: ['configureVirtualRouterElement', ({ element }) => ({ id: element, enabled: true })],
  updateNetwork: ['updateNetwork', ({ network }) => ({ id: network, name: 'blue', dns1: '9.9.9.9' })],
  deleteNetwork: ['deleteNetwork', ({ network }) => ({ id: network })],
  createStorageNetworkIpRange: [
    'createStorageNetworkIpRange',
    ({ pod }) => ({ podid: pod, gateway: '10.8.0.1', netmask: '255.255.255.0', startip: '10.8.0.30', endip: '10.8.0.39' }),
  ],
  deleteStorageNetworkIpRange: ['deleteStorageNetworkIpRange', ({ storageRange }) => ({ id: storageRange })],
};

async function empty({ network, storageRange }: Place): Promise<void> {
  await server.admin.run('deleteNetwork', { id: network });
  await server.admin.run('deleteStorageNetworkIpRange', { id: storageRange });
}

async function makeRig([command, params, prepare]: Request): Promise<SagaRig> {
  const place = await makePlace();
  await prepare?.(place);
  return {
    failpoints: server.failpoints,
    start: async () => String((await server.admin.call(command, params(place)))['jobid']),
    end: async (uuid) => (await server.runtime.awaiter.whenDone(uuid, 10_000)).state,
    fingerprint: () => contents(place.zoneid),
    close: async () => server.failpoints.set(''),
  };
}

describe('sagas of networks', () => {
  it.each(networkArea.sagas.map((saga) => [saga.name, saga] as const))('%s can be repeated, refused and failed', async (name, saga) => {
    await checkSaga(saga, () => makeRig(requests[name]!));
  });
});
