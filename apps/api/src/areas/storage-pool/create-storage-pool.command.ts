// createStoragePool
import { randomUUID } from 'node:crypto';
import { parseDisplayName, parseStorageUrl, parseTags, problem, storagePoolInitialState } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import { adminRoles } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { unlessTaken } from '../../kernel/db/unique.ts';
import { ImageStore } from '../image-store/image-store.entity.ts';
import { Cluster } from '../zone/cluster.entity.ts';
import { Pod } from '../zone/pod.entity.ts';
import { lockZone } from '../zone/zone-parameters.ts';
import { Zone } from '../zone/zone.entity.ts';
import { addStoragePool } from './add-storage-pool.saga.ts';
import { StoragePool } from './storage-pool.entity.ts';
import { storagePoolView } from './storage-pool.view.ts';

export const createStoragePool = command({
  name: 'createStoragePool',
  about: 'Adds primary storage: an NFS export that every host of a cluster or zone mounts and keeps machine disks on.',
  roles: adminRoles,
  async: 'awaited',
  event: 'CREATE.PS',
  since: '1.0',
  params: {
    name: param.string({ required: true, about: 'the name of the primary storage, unique in its zone' }),
    url: param.string({ required: true, maxLength: 1024, about: 'where it is: nfs://server/path' }),
    zoneid: param.ref(Zone, { required: true, access: 'operate', about: 'the zone it is in' }),
    podid: param.ref(Pod, { access: 'operate', about: 'the pod of its cluster' }),
    clusterid: param.ref(Cluster, { access: 'operate', about: 'the cluster it serves' }),
    scope: param.enum(['cluster', 'zone'], { about: 'cluster (default) or zone: which hosts it serves' }),
    hypervisor: param.enum(['KVM', 'Simulator'], { about: 'with scope zone: the hypervisor of the hosts it serves' }),
    tags: param.string({ about: 'storage tags, separated by commas: offerings with the same tags choose it' }),
    provider: param.enum(['DefaultPrimary'], { about: 'who manages it' }),
  },
  returns: storagePoolView,
  async execute({ zoneid: zone, podid: pod, clusterid: cluster, scope = 'cluster', hypervisor, ...args }, { tx, jobs, clock }) {
    await lockZone(tx, zone);
    const { server, path } = parseStorageUrl(args.url);
    if (scope === 'zone' && !hypervisor)
      throw problem('invalid', 'parameter hypervisor is missing: storage of a whole zone serves the hosts of one hypervisor');
    if (scope === 'cluster' && !cluster)
      throw problem('invalid', 'parameter clusterid is missing: name the cluster the storage serves, or send scope=zone');
    if (cluster && cluster.zoneId !== zone.id)
      throw problem('invalid', `cluster ${cluster.name} is not in zone ${zone.name}: choose one of that zone`);
    if (cluster && pod && cluster.podId !== pod.id)
      throw problem('invalid', `cluster ${cluster.name} is not in pod ${pod.name}: choose one of that pod`);
    const served = scope === 'cluster' ? cluster : undefined;
    const row = tx.create(StoragePool, {
      uuid: randomUUID(),
      name: parseDisplayName(args.name, 'name'),
      zoneId: zone.id,
      podId: served?.podId ?? null,
      clusterId: served?.id ?? null,
      scope: served ? 'CLUSTER' : 'ZONE',
      type: 'NetworkFilesystem',
      hypervisor: served?.hypervisor ?? hypervisor!,
      server,
      path,
      state: storagePoolInitialState,
      version: 0,
      tags: parseTags(args.tags, 'tags').join(','),
      created: clock.now(),
    });
    await refuseTakenName(tx, row);
    // Files of templates have the same path in both: one would be taken for the other.
    if (await tx.existsBy(ImageStore, { server, path }))
      throw problem(
        'invalid',
        `parameter url: nfs://${server}${path} is secondary storage already: choose another export or a folder of its own`,
      );
    await unlessTaken(tx.insert(StoragePool, row), `nfs://${server}${path} is primary storage already: choose another export`);
    return jobs.start(addStoragePool, { poolId: row.id }, { subject: { type: 'StoragePool', id: row.id, uuid: row.uuid }, fresh: true });
  },
});

export async function refuseTakenName(tx: EntityManager, { zoneId, name }: { zoneId: number; name: string }): Promise<void> {
  if (await tx.existsBy(StoragePool, { zoneId, name }))
    throw problem('invalid', `parameter name: the zone has primary storage named ${name} already; choose another name`);
}
