// Where an administrator wants a machine to run: pod, cluster or host.
import { param } from '../../kernel/command/param.ts';
import { Host } from '../host/host.entity.ts';
import { Cluster } from '../zone/cluster.entity.ts';
import { Pod } from '../zone/pod.entity.ts';

// A type alias, not an interface: it is part of a job's input, and only aliases are assignable to JSON.
export type Destination = {
  readonly podId?: number;
  readonly clusterId?: number;
  readonly hostId?: number;
};

const forAdministrators = { access: 'use', roles: ['Admin'] } as const;

export const destinationParams = {
  podid: param.ref(Pod, { ...forAdministrators, about: 'start it on a host of this pod' }),
  clusterid: param.ref(Cluster, { ...forAdministrators, about: 'start it on a host of this cluster' }),
  hostid: param.ref(Host, { ...forAdministrators, about: 'start it on this host' }),
};

/** Places that contradict each other leave no host to choose, which the planner then says. */
export function destinationOf(args: {
  readonly podid?: Pod | undefined;
  readonly clusterid?: Cluster | undefined;
  readonly hostid?: Host | undefined;
}): Destination {
  return {
    ...(args.podid && { podId: args.podid.id }),
    ...(args.clusterid && { clusterId: args.clusterid.id }),
    ...(args.hostid && { hostId: args.hostid.id }),
  };
}
