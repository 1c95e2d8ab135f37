// addCluster
import { clusterInitialState, parseDisplayName, problem } from '@strata/domain';
import { randomUUID } from 'node:crypto';
import { adminRoles } from '../../kernel/command/caller.ts';
import { command, listOf } from '../../kernel/command/command.ts';
import { noSuchEntity, param } from '../../kernel/command/param.ts';
import { rowById } from '../../kernel/command/source.ts';
import { unlessTaken } from '../../kernel/db/unique.ts';
import { Cluster, clusterHypervisors, clusterTypes, processorArchitectures } from './cluster.entity.ts';
import { clusterSource, clusterView, withFactors } from './cluster.view.ts';
import { assertOffered } from './offered-hypervisors.ts';
import { Pod } from './pod.entity.ts';
import { allocationStateParam, assertInZone } from './zone-parameters.ts';
import { Zone } from './zone.entity.ts';

export const addCluster = command({
  name: 'addCluster',
  about: 'Adds a cluster: hosts of one kind that share primary storage.',
  roles: adminRoles,
  event: 'CLUSTER.CREATE',
  since: '1.0',
  params: {
    zoneid: param.ref(Zone, { required: true, access: 'operate', about: 'the zone' }),
    podid: param.ref(Pod, { required: true, access: 'operate', about: 'the pod that gets the cluster' }),
    clustername: param.string({ required: true, about: 'the name of the cluster, unique in its pod' }),
    clustertype: param.enum(clusterTypes, { required: true, about: 'CloudManaged: the hosts are added one by one' }),
    hypervisor: param.enum(clusterHypervisors, { required: true, about: 'the hypervisor of its hosts' }),
    arch: param.enum(processorArchitectures, { about: 'processor architecture of its hosts; the first host decides when absent' }),
    allocationstate: allocationStateParam,
  },
  returns: listOf(clusterView),
  async execute({ zoneid: zone, podid: pod, ...args }, { tx, clock, settings, hypervisors }) {
    assertOffered(args.hypervisor, hypervisors);
    assertInZone('pod', pod, zone);
    if (args.clustertype !== 'CloudManaged')
      throw problem(
        'invalid',
        `a cluster of type ${args.clustertype} belongs to a hypervisor that manages its own hosts; ${args.hypervisor} does not: send clustertype=CloudManaged`,
      );
    const held = await tx.query<unknown[]>('SELECT id FROM pod WHERE id = ? LOCK IN SHARE MODE', [pod.id]);
    if (held.length === 0) throw noSuchEntity('podid', pod.uuid);
    const cluster = tx.create(Cluster, {
      uuid: randomUUID(),
      zoneId: zone.id,
      podId: pod.id,
      name: parseDisplayName(args.clustername, 'clustername'),
      hypervisor: args.hypervisor,
      clusterType: args.clustertype,
      managedState: 'Managed',
      allocationState: args.allocationstate ?? clusterInitialState,
      arch: args.arch ?? null,
      created: clock.now(),
    });
    await unlessTaken(tx.insert(Cluster, cluster), `pod ${pod.name} already has a cluster named ${cluster.name}: choose another name`);
    return withFactors([await rowById(clusterSource, tx, cluster.id)], settings);
  },
});
