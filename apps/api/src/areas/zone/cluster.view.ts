// The cluster as answers show it.
import { source } from '../../kernel/command/source.ts';
import { field, view } from '../../kernel/command/view.ts';
import type { Settings } from '../../kernel/settings/settings.ts';
import { type CapacityRow, capacityView } from '../capacity/capacity.view.ts';
import { cpuOverprovisioningFactor, memoryOverprovisioningFactor } from '../capacity/overcommit.settings.ts';

export interface ClusterRow {
  id: number;
  uuid: string;
  name: string;
  zoneUuid: string;
  zoneName: string;
  podUuid: string;
  podName: string;
  hypervisor: string;
  clusterType: string;
  managedState: string;
  allocationState: string;
  arch: string | null;
  /** From settings: withFactors() fills them in. */
  cpuFactor?: number;
  memoryFactor?: number;
  /** Only when asked for. */
  capacity?: readonly CapacityRow[];
}

export const clusterSource = source<ClusterRow>({
  from: 'cluster c',
  joins: ['JOIN zone z ON z.id = c.zone_id', 'JOIN pod p ON p.id = c.pod_id'],
  columns: {
    id: 'c.id',
    uuid: 'c.uuid',
    name: 'c.name',
    zoneUuid: 'z.uuid',
    zoneName: 'z.name',
    podUuid: 'p.uuid',
    podName: 'p.name',
    hypervisor: 'c.hypervisor',
    clusterType: 'c.cluster_type',
    managedState: 'c.managed_state',
    allocationState: 'c.allocation_state',
    arch: 'c.arch',
  },
});

/** Adds the over-provisioning factors that hold in each cluster. */
export function withFactors<Row extends ClusterRow>(clusters: Row[], settings: Settings): Row[] {
  for (const cluster of clusters) {
    cluster.cpuFactor = settings.get(cpuOverprovisioningFactor, { scope: 'cluster', id: cluster.id });
    cluster.memoryFactor = settings.get(memoryOverprovisioningFactor, { scope: 'cluster', id: cluster.id });
  }
  return clusters;
}

export const clusterView = view<ClusterRow>('cluster', {
  id: field.string('the id of the cluster', (cluster) => cluster.uuid),
  name: field.string('the name of the cluster', (cluster) => cluster.name),
  zoneid: field.string('its zone', (cluster) => cluster.zoneUuid),
  zonename: field.string('the name of its zone', (cluster) => cluster.zoneName),
  podid: field.string('its pod', (cluster) => cluster.podUuid),
  podname: field.string('the name of its pod', (cluster) => cluster.podName),
  hypervisortype: field.string('the hypervisor of its hosts', (cluster) => cluster.hypervisor),
  clustertype: field.string('who manages the hosts', (cluster) => cluster.clusterType),
  managedstate: field.string('Managed, or Unmanaged while its hosts are let alone', (cluster) => cluster.managedState),
  allocationstate: field.string('whether the cluster takes new machines: Enabled or Disabled', (cluster) => cluster.allocationState),
  arch: field.string('processor architecture of its hosts', (cluster) => cluster.arch),
  cpuovercommitratio: field.string('how many times the CPU of a host may be promised', (cluster) => cluster.cpuFactor?.toString()),
  memoryovercommitratio: field.string('how many times the memory of a host may be promised', (cluster) => cluster.memoryFactor?.toString()),
  capacity: field.list('what the cluster has and how much of it is taken', capacityView, (cluster) => cluster.capacity),
});
