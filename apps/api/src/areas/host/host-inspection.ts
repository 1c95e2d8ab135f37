// Looks a machine over before and after it is a host: what it is, and whether it fits its place.
import { lookup } from 'node:dns/promises';
import {
  type CheckResult,
  cidrOf,
  describeChecks,
  findIpv4,
  type HostFacts,
  hostChecks,
  type HostPlace,
  parseIpv4,
  parseNetmask,
  problem,
  redChecks,
} from '@strata/domain';
import type { EntityManager } from 'typeorm';
import { explainRefusal } from './explain-refusal.ts';
import type { HostConnection } from './host-drivers.ts';

/** Where a machine is, or is to be, a host. */
export interface InspectedPlace {
  /** Null while nobody said where it is to be. */
  readonly podId: number | null;
  readonly clusterId: number | null;
  readonly guestBridge: string;
  readonly emulationAllowed: boolean;
  /** The host's row, which is not compared with itself. */
  readonly hostId: number | null;
  readonly ownedMachineNames: ReadonlySet<string>;
}

// Type aliases and mapped types, not interfaces: only they are assignable to the JSON of a job's log.
type FactKeys =
  | 'hostname'
  | 'fqdn'
  | 'arch'
  | 'osName'
  | 'cpuModel'
  | 'cpuCores'
  | 'cpuSockets'
  | 'cpuMhz'
  | 'memoryMib'
  | 'libvirtVersion'
  | 'qemuVersion'
  | 'hardwareVirtualisation'
  | 'hostKeySha256';
export type KeptFacts = Pick<HostFacts, FactKeys>;
export type KeptCheck = Pick<CheckResult, keyof CheckResult>;
export type Inspection = { readonly facts: KeptFacts; readonly checks: readonly KeptCheck[] };

/** @throws Problem `unavailable` that names why the machine can't be logged in to; DriverError for what may pass */
export async function inspect({ driver, address }: HostConnection): Promise<HostFacts> {
  try {
    return await driver.inspectHost(address);
  } catch (error) {
    throw explainRefusal(error, address) ?? error;
  }
}

export async function judge(read: EntityManager, facts: HostFacts, address: string, place: InspectedPlace): Promise<Inspection> {
  const { emulationAllowed, guestBridge, ownedMachineNames } = place;
  const checks = hostChecks(facts, { emulationAllowed, guestBridge, ownedMachineNames, ...(await placeOf(read, facts, address, place)) });
  return { facts: kept(facts), checks: checks.map((check) => ({ ...check })) };
}

/** @throws Problem `invalid` with every red check, its cause and its remedy */
export function assertFit(address: string, checks: readonly CheckResult[]): void {
  const red = redChecks(checks);
  if (red.length === 0) return;
  throw problem('invalid', `${address} can't be a host: ${red.length === 1 ? '' : `${red.length} checks failed.\n`}${describeChecks(red)}`);
}

function kept(facts: HostFacts): KeptFacts {
  const {
    hostname,
    fqdn,
    arch,
    osName,
    cpuModel,
    cpuCores,
    cpuSockets,
    cpuMhz,
    memoryMib,
    libvirtVersion,
    qemuVersion,
    hardwareVirtualisation,
    hostKeySha256,
  } = facts;
  return {
    hostname,
    fqdn,
    arch,
    osName,
    cpuModel,
    cpuCores,
    cpuSockets,
    cpuMhz,
    memoryMib,
    libvirtVersion,
    qemuVersion,
    hardwareVirtualisation,
    hostKeySha256,
  };
}

async function placeOf(
  read: EntityManager,
  facts: HostFacts,
  address: string,
  { podId, clusterId, hostId }: InspectedPlace,
): Promise<HostPlace> {
  const [pod] = await read.query<{ name: string; gateway: string; netmask: string }[]>(
    'SELECT name, gateway, netmask FROM pod WHERE id = ?',
    [podId],
  );
  const [cluster] = await read.query<{ name: string; arch: string | null; cpuModel: string | null }[]>(
    `SELECT c.name, COALESCE(h.arch, c.arch) AS arch, h.cpu_model AS cpuModel
     FROM cluster c LEFT JOIN host h ON h.cluster_id = c.id AND h.ready AND h.id <> ? WHERE c.id = ? ORDER BY h.id LIMIT 1`,
    [hostId ?? 0, clusterId],
  );
  const existingHosts = await read.query<{ name: string; hostKeySha256: string }[]>(
    'SELECT name, host_key_sha256 AS hostKeySha256 FROM host WHERE host_key_sha256 = ? AND id <> ?',
    [facts.hostKeySha256, hostId ?? 0],
  );
  return {
    hostAddress: await resolved(address),
    pod: pod ? { name: pod.name, cidr: cidrOf(parseIpv4(pod.gateway, 'gateway'), parseNetmask(pod.netmask, 'netmask')) } : null,
    cluster: cluster?.arch ? { name: cluster.name, arch: cluster.arch, cpuModel: cluster.cpuModel ?? facts.cpuModel } : null,
    existingHosts,
  };
}

const resolveMs = 3_000;

/** The IPv4 address behind a name, null when the management server can't tell. */
export async function resolved(address: string): Promise<string | null> {
  if (findIpv4(address) !== undefined) return address;
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<null>((resolve) => (timer = setTimeout(() => resolve(null), resolveMs)));
  const found = lookup(address, { family: 4 }).then(
    ({ address: ipv4 }) => ipv4,
    () => null,
  );
  return Promise.race([found, tooLate]).finally(() => clearTimeout(timer));
}
