// addHost
import { hostInitialState, hostResourceInitialState, parseHostUrl, parseTags, problem } from '@strata/domain';
import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { adminRoles } from '../../kernel/command/caller.ts';
import { command, listOf } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { unlessTaken } from '../../kernel/db/unique.ts';
import { Cluster, clusterHypervisors } from '../zone/cluster.entity.ts';
import { Pod } from '../zone/pod.entity.ts';
import { assertInZone } from '../zone/zone-parameters.ts';
import { Zone } from '../zone/zone.entity.ts';
import { bringUpHost } from './bring-up-host.saga.ts';
import { guestBridgeOf } from './guest-bridge.ts';
import { keepLogin } from './host-login.ts';
import { hostSubject } from './host-rows.ts';
import { Host } from './host.entity.ts';
import { hostView } from './host.view.ts';

const sshPort = 22;

export const addHost = command({
  name: 'addHost',
  about: 'Adds a host to a cluster, once it has passed every check.',
  roles: adminRoles,
  async: 'awaited',
  event: 'HOST.CREATE',
  since: '1.0',
  params: {
    zoneid: param.ref(Zone, { required: true, access: 'operate', about: 'the zone' }),
    podid: param.ref(Pod, { required: true, access: 'operate', about: 'the pod' }),
    clusterid: param.ref(Cluster, { access: 'operate', about: 'the cluster; or send clustername' }),
    clustername: param.string({ about: 'the name of the cluster in the pod, instead of clusterid' }),
    hypervisor: param.enum(clusterHypervisors, { required: true, about: 'the hypervisor, that of the cluster' }),
    url: param.string({ required: true, about: 'where the host is: http://address or http://address:port, with the port of SSH' }),
    username: param.string({ about: 'who logs in while the host is added and later; root when absent' }),
    password: param.string({
      secret: true,
      about: 'the password, used once and not kept; without it the management key must already be on the host',
    }),
    hosttags: param.strings({ about: 'tags by which service offerings choose hosts' }),
    allocationstate: param.enum(['Enabled', 'Disabled'], { about: 'whether it takes new machines' }),
  },
  returns: listOf(hostView),
  async execute({ zoneid: zone, podid: pod, clusterid, ...args }, { tx, clock, secrets, jobs }) {
    assertInZone('pod', pod, zone);
    const cluster = clusterid ?? (await clusterNamed(tx, args.clustername, pod));
    if (cluster.podId !== pod.id) throw problem('invalid', `cluster ${cluster.name} is not in pod ${pod.name}: give a cluster of that pod`);
    if (cluster.hypervisor !== args.hypervisor)
      throw problem(
        'invalid',
        `cluster ${cluster.name} is for ${cluster.hypervisor} hosts, not ${args.hypervisor}: choose another cluster`,
      );
    // Held so that the cluster is not deleted meanwhile.
    await tx.query('SELECT id FROM cluster WHERE id = ? LOCK IN SHARE MODE', [cluster.id]);
    const { address, port = sshPort } = parseHostUrl(args.url);
    const login = await keepLogin(tx, args, { secrets, clock });
    const host = tx.create(Host, {
      uuid: randomUUID(),
      name: address,
      zoneId: zone.id,
      podId: pod.id,
      clusterId: cluster.id,
      hypervisor: cluster.hypervisor,
      state: hostInitialState,
      resourceState: hostResourceInitialState,
      address,
      port,
      username: login.username,
      guestBridge: await guestBridgeOf(tx, zone.id),
      // The CloudStack 3 UI sends the text `undefined` for an empty field.
      tags: parseTags(args.hosttags?.filter((tag) => tag !== 'undefined').join(','), 'hosttags').join(','),
      created: clock.now(),
      checks: '[]',
      ready: false,
    });
    await unlessTaken(tx.insert(Host, host), `host ${address} (SSH port ${port}) was already added: use that host, or delete it first`);
    return jobs.start(
      bringUpHost,
      { hostId: host.id, loginId: login.id, disabled: args.allocationstate === 'Disabled' },
      { subject: hostSubject(host), fresh: true },
    );
  },
});

async function clusterNamed(tx: EntityManager, name: string | undefined, pod: Pod): Promise<Cluster> {
  if (name === undefined) throw problem('invalid', 'parameter clusterid is missing: send clusterid or clustername');
  const cluster = await tx.findOneBy(Cluster, { podId: pod.id, name });
  if (!cluster) throw problem('invalid', `pod ${pod.name} has no cluster named ${name}: add it with addCluster first`);
  return cluster;
}
