// listStoragePools
import { storagePoolLifecycle } from '@strata/domain';
import { listCommand } from '../../kernel/command/list-command.ts';
import { param } from '../../kernel/command/param.ts';
import { Cluster } from '../zone/cluster.entity.ts';
import { Pod } from '../zone/pod.entity.ts';
import { Zone } from '../zone/zone.entity.ts';
import { StoragePool } from './storage-pool.entity.ts';
import { storagePoolSource, storagePoolView } from './storage-pool.view.ts';

export const listStoragePools = listCommand({
  name: 'listStoragePools',
  about: 'Lists primary storage.',
  roles: ['Admin', 'ResourceAdmin'],
  since: '1.0',
  params: {
    id: param.ref(StoragePool, { access: 'see', about: 'only this primary storage' }),
    name: param.string({ about: 'only primary storage of this name' }),
    zoneid: param.ref(Zone, { access: 'see', about: 'only in this zone' }),
    podid: param.ref(Pod, { access: 'see', about: 'only in this pod' }),
    clusterid: param.ref(Cluster, { access: 'see', about: 'only for this cluster, including that of its whole zone' }),
    ipaddress: param.string({ about: 'only on this storage server' }),
    path: param.string({ about: 'only this exported folder' }),
    scope: param.enum(['CLUSTER', 'ZONE'], { about: 'only for clusters or only for zones' }),
    status: param.enum(storagePoolLifecycle.states, { about: 'only in this state' }),
  },
  source: storagePoolSource,
  returns: storagePoolView,
  keyword: ['p.name'],
  where(args, where) {
    where
      .equals('p.id', args.id?.id)
      .equals('p.name', args.name)
      .equals('p.zone_id', args.zoneid?.id)
      .equals('p.pod_id', args.podid?.id)
      .equals('p.server', args.ipaddress)
      .equals('p.path', args.path)
      .equals('p.scope', args.scope)
      .equals('p.state', args.status);
    if (args.clusterid) where.and('p.cluster_id = ? OR (p.cluster_id IS NULL AND p.zone_id = ?)', args.clusterid.id, args.clusterid.zoneId);
  },
});
