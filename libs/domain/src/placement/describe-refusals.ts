// The reasons why no host can take a machine, as the caller reads them with error 533.
import { zoneDisabled } from './filters/enabled.ts';
import type { PlacementRequest, Refusal } from './placement.ts';

const namesShown = 3;
const reasonsShown = 6;

/** Hosts with the same reason share a line; long lists are cut. */
export function describeRefusals(request: PlacementRequest, refusals: readonly Refusal[]): string {
  if (refusals.some(({ reason }) => reason === zoneDisabled))
    return 'the zone is disabled, so no machine can be started there: an administrator enables it with updateZone allocationstate=Enabled';
  const wish = [
    `${request.cpuCores} CPU of ${request.cpuMhz} MHz`,
    `${request.memoryMib} MiB of memory`,
    // A machine that only moves asks for none.
    ...(request.diskBytes > 0 ? [`${Math.max(request.diskBytes / 2 ** 30, 0.1).toFixed(1)} GiB of disk`] : []),
  ].join(', ');
  if (refusals.length === 0) return `no host can take this machine (${wish}): there is no ${request.hypervisor} host to choose from`;
  const hostsByReason = new Map<string, string[]>();
  for (const { hostName, reason } of refusals) {
    const hosts = hostsByReason.get(reason);
    if (hosts) hosts.push(hostName);
    else hostsByReason.set(reason, [hostName]);
  }
  const groups = [...hostsByReason].sort(([, one], [, other]) => other.length - one.length);
  const lines = groups.slice(0, reasonsShown).map(([reason, hosts]) => `${names(hosts)}: ${reason}`);
  const rest = groups.slice(reasonsShown).reduce((sum, [, hosts]) => sum + hosts.length, 0);
  return `no host can take this machine (${wish}): ${lines.join('. ')}${rest > 0 ? `. ${rest} more hosts have other reasons` : ''}`;
}

function names(hosts: readonly string[]): string {
  if (hosts.length <= namesShown + 1) return hosts.join(', ');
  return `${hosts.slice(0, namesShown).join(', ')} and ${hosts.length - namesShown} more`;
}
