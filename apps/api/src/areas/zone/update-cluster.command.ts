// updateCluster
import { parseDisplayName, problem } from '@strata/domain';
import { adminRoles } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { rowById } from '../../kernel/command/source.ts';
import { changesOf } from '../../kernel/db/changes.ts';
import { refuseWhileUsed } from '../../kernel/db/still-used.ts';
import { unlessTaken } from '../../kernel/db/unique.ts';
import { Cluster, clusterHypervisors, clusterTypes, managedStates, processorArchitectures } from './cluster.entity.ts';
import { clusterSource, clusterView, withFactors } from './cluster.view.ts';
import { allocationStateParam } from './zone-parameters.ts';

export const updateCluster = command({
  name: 'updateCluster',
  about: 'Changes a cluster; enables or disables it for new machines.',
  roles: adminRoles,
  event: 'CLUSTER.EDIT',
  since: '1.0',
  params: {
    id: param.ref(Cluster, { required: true, access: 'operate', about: 'the cluster' }),
    clustername: param.string({ about: 'the new name' }),
    clustertype: param.enum(clusterTypes, { about: 'must stay as it is' }),
    hypervisor: param.enum(clusterHypervisors, { about: 'another hypervisor, while the cluster has no hosts' }),
    managedstate: param.enum(managedStates, { about: 'Unmanaged: let the hosts alone' }),
    arch: param.enum(processorArchitectures, { about: 'another processor architecture, while the cluster has no hosts' }),
    allocationstate: allocationStateParam,
  },
  returns: clusterView,
  async execute({ id: cluster, ...args }, { tx, settings }) {
    if (args.clustertype !== undefined && args.clustertype !== cluster.clusterType)
      throw problem('invalid', `cluster ${cluster.name} is ${cluster.clusterType} and stays so: leave clustertype out`);
    const otherHosts =
      (args.hypervisor !== undefined && args.hypervisor !== cluster.hypervisor) || (args.arch !== undefined && args.arch !== cluster.arch);
    if (otherHosts) {
      await tx.query('SELECT id FROM cluster WHERE id = ? FOR UPDATE', [cluster.id]);
      await refuseWhileUsed(tx, `cluster ${cluster.name}`, [
        { noun: ['host', 'hosts'], from: 'host h', name: 'h.name', where: 'h.cluster_id = ?', values: [cluster.id] },
      ]);
    }
    const changes = changesOf<Cluster>({
      name: args.clustername === undefined ? undefined : parseDisplayName(args.clustername, 'clustername'),
      hypervisor: args.hypervisor,
      managedState: args.managedstate,
      arch: args.arch,
      allocationState: args.allocationstate,
    });
    if (changes)
      await unlessTaken(
        tx.update(Cluster, cluster.id, changes),
        `the pod already has a cluster named ${changes.name}: choose another name`,
      );
    return withFactors([await rowById(clusterSource, tx, cluster.id)], settings)[0]!;
  },
});
