// Nothing new in a disabled zone, pod or cluster, nor on a host that is disabled or in maintenance.
import type { HostFilter } from '../placement.ts';

/** Said of every host of the zone alike. */
export const zoneDisabled = 'its zone is disabled';

export const enabled: HostFilter = (host, { isMove = false }) => {
  if (!isMove && host.zoneState !== 'Enabled') return zoneDisabled;
  if (!isMove && host.podState !== 'Enabled') return 'its pod is disabled (updatePod allocationstate=Enabled enables it)';
  if (!isMove && host.clusterState !== 'Enabled')
    return `its cluster ${host.clusterName} is disabled (updateCluster allocationstate=Enabled enables it)`;
  if (host.resourceState === 'Disabled') return 'is disabled (updateHost allocationstate=Enable enables it)';
  return host.resourceState === 'Enabled' ? undefined : `is not in service (${host.resourceState})`;
};
