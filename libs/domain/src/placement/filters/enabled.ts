// Nothing new in a disabled zone, pod or cluster, nor on a host that is disabled or in maintenance.
import type { HostFilter } from '../placement.ts';

export const enabled: HostFilter = (host) => {
  if (host.zoneState !== 'Enabled') return 'its zone is disabled';
  if (host.podState !== 'Enabled') return 'its pod is disabled';
  if (host.clusterState !== 'Enabled') return `its cluster ${host.clusterName} is disabled`;
  if (host.resourceState === 'Disabled') return 'is disabled';
  return host.resourceState === 'Enabled' ? undefined : `is not in service (${host.resourceState})`;
};
