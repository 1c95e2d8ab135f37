// Primary storage as answers show it.
import { field, view } from '../../kernel/command/view.ts';
import { source } from '../../kernel/command/source.ts';

export interface StoragePoolRow {
  readonly id: number;
  readonly uuid: string;
  readonly name: string;
  readonly zoneUuid: string;
  readonly zoneName: string;
  readonly podUuid: string | null;
  readonly podName: string | null;
  readonly clusterUuid: string | null;
  readonly clusterName: string | null;
  readonly scope: string;
  readonly type: string;
  readonly hypervisor: string;
  readonly server: string;
  readonly path: string;
  readonly state: string;
  readonly tags: string;
  readonly totalBytes: number;
  readonly usedBytes: number;
  readonly reservedBytes: number;
  readonly created: Date;
}

export const storagePoolSource = source<StoragePoolRow>({
  from: 'storage_pool p',
  joins: ['JOIN zone z ON z.id = p.zone_id', 'LEFT JOIN pod ON pod.id = p.pod_id', 'LEFT JOIN cluster c ON c.id = p.cluster_id'],
  columns: {
    id: 'p.id',
    uuid: 'p.uuid',
    name: 'p.name',
    zoneUuid: 'z.uuid',
    zoneName: 'z.name',
    podUuid: 'pod.uuid',
    podName: 'pod.name',
    clusterUuid: 'c.uuid',
    clusterName: 'c.name',
    scope: 'p.scope',
    type: 'p.type',
    hypervisor: 'p.hypervisor',
    server: 'p.server',
    path: 'p.path',
    state: 'p.state',
    tags: 'p.tags',
    totalBytes: 'p.total_bytes',
    usedBytes: 'p.used_bytes',
    reservedBytes: 'p.reserved_bytes',
    created: 'p.created',
  },
});

export const storagePoolView = view<StoragePoolRow>('storagepool', {
  id: field.string('the id of the primary storage', (pool) => pool.uuid),
  name: field.string('its name', (pool) => pool.name),
  zoneid: field.string('the zone it is in', (pool) => pool.zoneUuid),
  zonename: field.string('the name of that zone', (pool) => pool.zoneName),
  podid: field.string('the pod of its cluster', (pool) => pool.podUuid),
  podname: field.string('the name of that pod', (pool) => pool.podName),
  clusterid: field.string('the cluster it serves', (pool) => pool.clusterUuid),
  clustername: field.string('the name of that cluster', (pool) => pool.clusterName),
  scope: field.string('CLUSTER or ZONE: which hosts it serves', (pool) => pool.scope),
  type: field.string('how hosts reach it', (pool) => pool.type),
  provider: field.string('who manages it', () => 'DefaultPrimary'),
  hypervisor: field.string('the hypervisor of the hosts it serves', (pool) => pool.hypervisor),
  ipaddress: field.string('the storage server', (pool) => pool.server),
  path: field.string('the exported folder', (pool) => pool.path),
  state: field.string('its state', (pool) => pool.state),
  tags: field.string('its storage tags, separated by commas', (pool) => pool.tags || null),
  disksizetotal: field.long('its size in bytes', (pool) => pool.totalBytes),
  disksizeused: field.long('the bytes that files occupy', (pool) => pool.usedBytes),
  disksizeallocated: field.long('the bytes promised to volumes and templates', (pool) => pool.reservedBytes),
  created: field.date('when it was added', (pool) => pool.created),
});
