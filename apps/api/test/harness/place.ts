// A zone, a pod and a cluster of simulated hosts: where hosts can be added.
import type { ApiClient, Body } from './api-client.ts';

/** Named as parameters of addHost are. */
export type Place = { readonly zoneid: string; readonly podid: string; readonly clusterid: string };

export async function createPlace(admin: ApiClient, label = 'one', gateway = '10.0.0.1'): Promise<Place> {
  const idOf = (body: Body) => String(([Object.values(body).find((value) => value instanceof Object)].flat()[0] as Body)['id']);
  const base = gateway.replace(/\.\d+$/, '');
  const zoneid = idOf(
    await admin.call('createZone', { name: `zone-${label}`, networktype: 'Basic', dns1: '8.8.8.8', internaldns1: '10.0.0.2' }),
  );
  const podid = idOf(
    await admin.call('createPod', {
      zoneid,
      name: `pod-${label}`,
      gateway,
      netmask: '255.255.255.0',
      startip: `${base}.200`,
      endip: `${base}.220`,
    }),
  );
  const clusterid = idOf(
    await admin.call('addCluster', {
      zoneid,
      podid,
      hypervisor: 'Simulator',
      clustertype: 'CloudManaged',
      clustername: `cluster-${label}`,
    }),
  );
  return { zoneid, podid, clusterid };
}
