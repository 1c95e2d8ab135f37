// Whether a machine fits the place it is to be added to: its pod, its cluster, and that it is not there already.
import { check, type CheckResult } from '../check.ts';
import { type Cidr, cidrContains, findIpv4, formatCidr } from '../network/ipv4.ts';
import type { HostFacts } from './host-facts.ts';

/** Null where nothing is known or asked, for instance when a machine is inspected without being added. */
export interface HostPlace {
  /** The address by which the host is reached, resolved. */
  readonly hostAddress: string | null;
  readonly pod: { readonly name: string; readonly cidr: Cidr } | null;
  /** What the first host of the cluster is. */
  readonly cluster: { readonly name: string; readonly arch: string; readonly cpuModel: string } | null;
  readonly existingHosts: readonly { readonly name: string; readonly hostKeySha256: string }[];
}

export function placeChecks(facts: HostFacts, place: HostPlace): CheckResult[] {
  return [podSubnet(place), clusterHardware(facts, place), notYetAdded(facts, place)];
}

/** CS-05 */
function podSubnet(place: HostPlace): CheckResult {
  const { green, amber, red } = check('host.podSubnet', 'Subnet of the pod');
  if (!place.pod) return green('no pod to compare with');
  const cidr = formatCidr(place.pod.cidr);
  const address = place.hostAddress === null ? undefined : findIpv4(place.hostAddress);
  if (address === undefined)
    return amber(
      place.hostAddress ?? 'address not known',
      `the host's IPv4 address is not known, so it cannot be compared with the subnet ${cidr} of pod ${place.pod.name}`,
      'add the host by its IPv4 address',
    );
  if (cidrContains(place.pod.cidr, address)) return green(`${place.hostAddress} in ${cidr}`);
  return red(
    `${place.hostAddress}, pod ${cidr}`,
    `the host's address is outside the subnet of pod ${place.pod.name}`,
    `give the host an address of ${cidr}, or add it to a pod whose subnet holds ${place.hostAddress}`,
  );
}

/** CS-06 */
function clusterHardware(facts: HostFacts, place: HostPlace): CheckResult {
  const { green, amber, red } = check('host.cluster', 'Same hardware as the cluster');
  const { cluster } = place;
  if (!cluster) return green(`${facts.arch}, ${facts.cpuModel}: the first of its cluster`);
  if (facts.arch !== cluster.arch)
    return red(
      `${facts.arch}, cluster ${cluster.arch}`,
      `the architecture differs from that of cluster ${cluster.name}, so machines could not move between its hosts`,
      `add the host to a cluster of ${facts.arch} hosts`,
    );
  if (facts.cpuModel !== cluster.cpuModel) {
    return amber(
      `${facts.cpuModel}, cluster ${cluster.cpuModel}`,
      `the processor model differs from that of cluster ${cluster.name}: running machines may refuse to move between the two`,
      'use hosts of one processor model in a cluster, or a cluster of its own for this host',
    );
  }
  return green(`${facts.arch}, ${facts.cpuModel}`);
}

function notYetAdded(facts: HostFacts, place: HostPlace): CheckResult {
  const { green, red } = check('host.notYetAdded', 'Not added before');
  const same = place.existingHosts.find((host) => host.hostKeySha256 === facts.hostKeySha256);
  if (!same) return green(`SSH host key SHA256:${facts.hostKeySha256}`);
  return red(
    `SSH host key SHA256:${facts.hostKeySha256}`,
    `this machine is already there as host ${same.name}`,
    `use host ${same.name}, or delete it first. If the two are different machines made from one image, give this one its own key: rm /etc/ssh/ssh_host_*; dpkg-reconfigure openssh-server`,
  );
}
