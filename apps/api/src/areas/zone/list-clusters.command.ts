// listClusters
import { listCommand } from '../../kernel/command/list-command.ts';
import { param } from '../../kernel/command/param.ts';
import { capacitiesOf } from '../capacity/capacity.queries.ts';
import { Cluster } from './cluster.entity.ts';
import { clusterSource, clusterView, withFactors } from './cluster.view.ts';
import { Pod } from './pod.entity.ts';
import { allocationStateParam } from './zone-parameters.ts';
import { Zone } from './zone.entity.ts';

export const listClusters = listCommand({
  name: 'listClusters',
  about: 'Lists clusters.',
  roles: ['Admin', 'ResourceAdmin'],
  since: '1.0',
  params: {
    id: param.ref(Cluster, { access: 'see', about: 'only this cluster' }),
    name: param.string({ about: 'only clusters of this name' }),
    zoneid: param.ref(Zone, { access: 'see', about: 'only clusters of this zone' }),
    podid: param.ref(Pod, { access: 'see', about: 'only clusters of this pod' }),
    hypervisor: param.string({ about: 'only clusters of this hypervisor' }),
    clustertype: param.string({ about: 'only clusters of this type' }),
    managedstate: param.string({ about: 'only clusters in this state of management' }),
    arch: param.string({ about: 'only clusters of this processor architecture' }),
    allocationstate: allocationStateParam,
    showcapacities: param.boolean({ about: 'answer also what each cluster has and how much of it is taken' }),
  },
  source: clusterSource,
  returns: clusterView,
  keyword: ['c.name'],
  where(args, where) {
    where
      .equals('c.id', args.id?.id)
      .equals('c.name', args.name)
      .equals('c.zone_id', args.zoneid?.id)
      .equals('c.pod_id', args.podid?.id)
      .equals('LOWER(c.hypervisor)', args.hypervisor?.toLowerCase())
      .equals('c.cluster_type', args.clustertype)
      .equals('c.managed_state', args.managedstate)
      .equals('c.arch', args.arch)
      .equals('c.allocation_state', args.allocationstate);
  },
  async finish(clusters, args, { tx, settings }) {
    withFactors(clusters, settings);
    if (!args.showcapacities) return;
    const capacities = await capacitiesOf(tx, settings, { level: 'cluster', clusterIds: clusters.map(({ id }) => id) });
    for (const cluster of clusters) cluster.capacity = capacities.filter(({ clusterUuid }) => clusterUuid === cluster.uuid);
  },
});
