// One kind of capacity of a zone, pod or cluster as answers show it.
import { field, view } from '../../kernel/command/view.ts';

/** Type numbers of the API with the names it gives them. */
export const capacityNames = {
  0: 'MEMORY',
  1: 'CPU',
  2: 'STORAGE',
  3: 'STORAGE_ALLOCATED',
  4: 'VIRTUAL_NETWORK_PUBLIC_IP',
  5: 'PRIVATE_IP',
  6: 'SECONDARY_STORAGE',
  7: 'VLAN',
  8: 'DIRECT_ATTACHED_PUBLIC_IP',
  90: 'CPU_CORE',
} as const;
export type CapacityType = keyof typeof capacityNames;

export interface CapacityRow {
  type: CapacityType;
  /** Bytes, MHz, cores or addresses. */
  total: number;
  used: number;
  zoneUuid: string;
  zoneName: string;
  podUuid: string | null;
  podName: string | null;
  clusterUuid: string | null;
  clusterName: string | null;
}

export function percentUsed({ used, total }: Pick<CapacityRow, 'used' | 'total'>): number {
  return total > 0 ? Math.round((used / total) * 10_000) / 100 : 0;
}

export const capacityView = view<CapacityRow>('capacity', {
  type: field.integer(
    'what is counted: 0 memory, 1 CPU, 2 primary storage used, 3 primary storage promised, 4 public addresses, 5 pod addresses, 6 secondary storage, 7 VLANs, 8 guest addresses, 90 CPU cores',
    (row) => row.type,
  ),
  name: field.string('the name of that type', (row) => capacityNames[row.type]),
  zoneid: field.string('the zone', (row) => row.zoneUuid),
  zonename: field.string('the name of the zone', (row) => row.zoneName),
  podid: field.string('the pod, in figures of pods and clusters', (row) => row.podUuid),
  podname: field.string('the name of the pod', (row) => row.podName),
  clusterid: field.string('the cluster, in figures of clusters', (row) => row.clusterUuid),
  clustername: field.string('the name of the cluster', (row) => row.clusterName),
  capacitytotal: field.long(
    'how much there is: bytes, MHz, cores or addresses; CPU and memory times their over-provisioning factors',
    (row) => row.total,
  ),
  capacityused: field.long('how much of it is taken', (row) => row.used),
  capacityallocated: field.long('how much of it is promised', (row) => row.used),
  percentused: field.string('taken per cent', (row) => String(percentUsed(row))),
});
