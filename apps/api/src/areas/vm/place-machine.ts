// Finds a host and a pool for a machine and reserves room on both, never more than there is.
import { randomInt } from 'node:crypto';
import {
  describeRefusals,
  type HostCandidate,
  parseTags,
  type PlacementRequest,
  planDeployment,
  type PoolCandidate,
  problem,
  promisable,
  promisableMemory,
} from '@strata/domain';
import type { EntityManager } from 'typeorm';
import { Where } from '../../kernel/command/source.ts';
import type { Settings } from '../../kernel/settings/settings.ts';
import {
  cpuOverprovisioningFactor,
  hostReservedMemory,
  memoryOverprovisioningFactor,
  storageOverprovisioningFactor,
} from '../capacity/overcommit.settings.ts';

/** What the chosen host and pool are, as later steps need them. */
export interface Placed {
  readonly host: PlaceableHost;
  readonly pool: PlaceablePool;
}

export interface PlaceableHost extends HostCandidate {
  readonly uuid: string;
  readonly podId: number;
  readonly guestBridge: string;
  readonly virtualisation: 'hardware' | 'emulated';
}

export interface PlaceablePool extends PoolCandidate {
  readonly uuid: string;
  readonly server: string;
  readonly path: string;
  readonly promisableBytes: number;
  /** Whether the template's copy in the pool is complete; null where there is none. */
  readonly templateState: string | null;
}

export interface PlaceRequest extends PlacementRequest {
  readonly zoneId: number;
  /** Pools are told apart by whether they hold this template's copy already. */
  readonly templateId: number;
  /** The machine's disks are there already: only hosts that reach this pool, and no new room in it. */
  readonly poolId?: number | undefined;
  /** The machine's addresses belong to this pod. */
  readonly podId?: number | undefined;
  /** Not the host where it runs. */
  readonly exceptHostId?: number | undefined;
  /** A running machine goes on only where it is run in the same way. */
  readonly virtualisation?: 'hardware' | 'emulated' | undefined;
  /** Only hosts of this pod and cluster, because the caller says so. */
  readonly within?: { readonly podId?: number; readonly clusterId?: number } | undefined;
}

interface SizedMachine {
  readonly cpuCount: number;
  readonly cpuMhz: number;
  readonly memoryMib: number;
  readonly hypervisor: string;
  readonly zoneId: number;
}

/** What a machine of this size and offering asks of a host, but for its disks. */
export function offeringRequest(
  vm: SizedMachine,
  offering: { readonly hostTags: string; readonly storageTags: string },
  template: { readonly id: number; readonly arch: string },
): Omit<PlaceRequest, 'diskBytes'> {
  return {
    cpuCores: vm.cpuCount,
    cpuMhz: vm.cpuMhz,
    memoryMib: vm.memoryMib,
    hypervisor: vm.hypervisor,
    arch: template.arch,
    hostTags: parseTags(offering.hostTags, 'hosttags'),
    storageTags: parseTags(offering.storageTags, 'tags'),
    zoneId: vm.zoneId,
    templateId: template.id,
  };
}

/** How often a choice is repeated when others took the room first. */
const rounds = 5;

/**
 * Chooses and reserves in the caller's transaction.
 * @throws noCapacity with the reason for every host refused
 */
export async function placeMachine(tx: EntityManager, settings: Settings, request: PlaceRequest): Promise<Placed> {
  for (let round = 1; ; round += 1) {
    const { hosts, pools: all } = await candidates(tx, settings, request);
    const pools = withoutDoomedTemplates(all, request);
    const plan = planDeployment(request, hosts, pools, (n) => randomInt(n));
    if (plan.choices.length === 0) throw problem('noCapacity', describeRefusals(request, plan.refusals));
    for (const choice of plan.choices) {
      const placed = choice as Placed;
      if (await reserve(tx, request, placed)) return placed;
    }
    if (round === rounds) throw problem('noCapacity', 'every host with room was taken by others at the same moment: try again');
  }
}

/** Where a machine that has its place is: as placeMachine() gave it, without reserving again. */
export async function placeOf(
  tx: EntityManager,
  settings: Settings,
  request: PlaceRequest,
  { hostId }: { readonly hostId: number | null },
): Promise<Placed> {
  const { hosts, pools } = await candidates(tx, settings, request);
  const host = hosts.find(({ id }) => id === hostId);
  const [pool] = pools;
  if (!host || !pool) throw problem('conflict', 'the host or the primary storage that the machine was placed on is gone: try again');
  return { host, pool };
}

/** Each host that comes into question, and why it cannot take the machine; undefined where it can. */
export async function judgeHosts(
  tx: EntityManager,
  settings: Settings,
  request: PlaceRequest,
): Promise<{ readonly host: PlaceableHost; readonly refusal: string | undefined }[]> {
  const { hosts, pools } = await candidates(tx, settings, request);
  return hosts.map((host) => ({ host, refusal: planDeployment(request, [host], pools, () => 0).refusals[0]?.reason }));
}

interface HostRow extends Omit<PlaceableHost, 'tags'> {
  readonly tags: string;
  readonly memoryMib: number;
  readonly reservedCpuMhz: number;
  readonly reservedMemoryMib: number;
}

interface PoolRow extends Omit<PlaceablePool, 'tags'> {
  readonly tags: string;
  readonly totalBytes: number;
  readonly reservedBytes: number;
}

const hostColumns: Readonly<Record<string, string>> = {
  id: 'h.id',
  uuid: 'h.uuid',
  name: 'h.name',
  podId: 'h.pod_id',
  clusterId: 'h.cluster_id',
  clusterName: 'c.name',
  hypervisor: 'h.hypervisor',
  arch: 'h.arch',
  state: 'h.state',
  resourceState: 'h.resource_state',
  zoneState: 'z.allocation_state',
  podState: 'p.allocation_state',
  clusterState: 'c.allocation_state',
  guestBridge: 'h.guest_bridge',
  virtualisation: 'h.virtualisation',
  tags: 'h.tags',
  cpuCores: 'cap.cpu_cores',
  cpuMhz: 'cap.cpu_mhz',
  memoryMib: 'cap.memory_mib',
  reservedCpuMhz: 'cap.reserved_cpu_mhz',
  reservedMemoryMib: 'cap.reserved_memory_mib',
};

const poolColumns: Readonly<Record<string, string>> = {
  id: 'p.id',
  uuid: 'p.uuid',
  name: 'p.name',
  server: 'p.server',
  path: 'p.path',
  scope: 'p.scope',
  clusterId: 'p.cluster_id',
  hostId: 'NULL',
  state: 'p.state',
  tags: 'p.tags',
  totalBytes: 'p.total_bytes',
  reservedBytes: 'p.reserved_bytes',
  templateState: 't.state',
};

function jsonOf(columns: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(columns).map(([name, sql]) => `'${name}', ${sql}`);
  // As text: whether the client reads JSON by itself depends on the version of the database.
  return `CAST(JSON_OBJECT(${pairs.join(', ')}) AS CHAR)`;
}

/** Hosts and pools of one moment, in one statement: their rows have nothing in common, so each comes as JSON. */
async function candidates(
  tx: EntityManager,
  settings: Settings,
  { zoneId, podId, poolId, templateId, within, exceptHostId = 0, virtualisation }: PlaceRequest,
): Promise<{ readonly hosts: PlaceableHost[]; readonly pools: PlaceablePool[] }> {
  const { where, values } = new Where()
    .and('h.zone_id = ? AND h.ready AND h.id <> ?', zoneId, exceptHostId)
    .equals('h.virtualisation', virtualisation)
    .equals('h.pod_id', podId)
    .equals('h.pod_id', within?.podId)
    .equals('h.cluster_id', within?.clusterId)
    .sql();
  const rows = await tx.query<{ host: string | null; pool: string | null }[]>(
    `SELECT ${jsonOf(hostColumns)} AS host, NULL AS pool
     FROM host h JOIN host_capacity cap ON cap.host_id = h.id JOIN cluster c ON c.id = h.cluster_id JOIN pod p ON p.id = h.pod_id
       JOIN zone z ON z.id = h.zone_id
     ${where}
     UNION ALL SELECT NULL, ${jsonOf(poolColumns)}
     FROM storage_pool p LEFT JOIN template_copy t ON t.template_id = ? AND t.store_kind = 'primary' AND t.store_id = p.id
     WHERE p.zone_id = ? ${poolId === undefined ? '' : 'AND p.id = ?'}`,
    [...values, templateId, zoneId, ...(poolId === undefined ? [] : [poolId])],
  );
  return {
    hosts: rows.flatMap(({ host }) => (host === null ? [] : [placeableHost(JSON.parse(host) as HostRow, settings)])),
    pools: rows.flatMap(({ pool }) => (pool === null ? [] : [placeablePool(JSON.parse(pool) as PoolRow, settings)])),
  };
}

function placeableHost({ reservedCpuMhz, reservedMemoryMib, memoryMib, ...host }: HostRow, settings: Settings): PlaceableHost {
  const scope = { scope: 'cluster', id: host.clusterId } as const;
  const promisableCpuMhz = promisable(host.cpuCores * host.cpuMhz, settings.get(cpuOverprovisioningFactor, scope));
  const promisableMemoryMib = promisableMemory(
    memoryMib,
    settings.get(hostReservedMemory, scope),
    settings.get(memoryOverprovisioningFactor, scope),
  );
  return {
    ...host,
    tags: parseTags(host.tags, 'tags'),
    promisableCpuMhz,
    promisableMemoryMib,
    freeCpuMhz: promisableCpuMhz - reservedCpuMhz,
    freeMemoryMib: promisableMemoryMib - reservedMemoryMib,
  };
}

function placeablePool({ totalBytes, reservedBytes, ...pool }: PoolRow, settings: Settings): PlaceablePool {
  const promisableBytes = promisable(totalBytes, settings.get(storageOverprovisioningFactor, { scope: 'storagepool', id: pool.id }));
  return { ...pool, tags: parseTags(pool.tags, 'tags'), promisableBytes, freeBytes: promisableBytes - reservedBytes };
}

/** Pools from which the template is being removed take no new clones of it. @throws conflict when none is left */
function withoutDoomedTemplates(pools: PlaceablePool[], request: PlaceRequest): PlaceablePool[] {
  if (request.diskBytes === 0) return pools;
  const fit = pools.filter(({ templateState }) => templateState !== 'Destroying');
  if (fit.length === 0 && pools.length > 0) throw problem('conflict', 'the template is being deleted: choose another one');
  return fit;
}

/**
 * One guarded statement for host and pool together: all or nothing, and never beyond what may be promised. It also holds the
 * template's copy in the pool as it is until the commit: a deletion of pool or template waits, and then sees the machine.
 */
async function reserve(tx: EntityManager, request: PlaceRequest, { host, pool }: Placed): Promise<boolean> {
  const cpuMhz = request.cpuCores * request.cpuMhz;
  const result = await tx.query<{ affectedRows: number }>(
    `UPDATE host_capacity cap JOIN storage_pool p ON p.id = ?
       LEFT JOIN template_copy t ON t.template_id = ? AND t.store_kind = 'primary' AND t.store_id = p.id
     SET cap.reserved_cpu_mhz = cap.reserved_cpu_mhz + ?, cap.reserved_memory_mib = cap.reserved_memory_mib + ?, p.reserved_bytes = p.reserved_bytes + ?
     WHERE cap.host_id = ? AND cap.reserved_cpu_mhz + ? <= ? AND cap.reserved_memory_mib + ? <= ? AND p.reserved_bytes + ? <= ?
       AND p.state = 'Up' AND (? = 0 OR t.state IS NULL OR t.state <> 'Destroying')`,
    [
      pool.id,
      request.templateId,
      cpuMhz,
      request.memoryMib,
      request.diskBytes,
      host.id,
      cpuMhz,
      host.promisableCpuMhz,
      request.memoryMib,
      host.promisableMemoryMib,
      request.diskBytes,
      pool.promisableBytes,
      request.diskBytes,
    ],
  );
  return result.affectedRows > 0;
}

/** Gives back what machines of this size hold on the host. Guarded by the caller: exactly once per reservation. */
export async function releaseHostCapacity(
  tx: EntityManager,
  hostId: number,
  size: { readonly cpuCount: number; readonly cpuMhz: number; readonly memoryMib: number },
): Promise<void> {
  await tx.query(
    'UPDATE host_capacity SET reserved_cpu_mhz = reserved_cpu_mhz - ?, reserved_memory_mib = reserved_memory_mib - ? WHERE host_id = ?',
    [size.cpuCount * size.cpuMhz, size.memoryMib, hostId],
  );
}

/** Takes room for a machine that runs there already, even beyond what may be promised: the truth comes first. */
export async function chargeHostCapacity(
  tx: EntityManager,
  hostId: number,
  size: { readonly cpuCount: number; readonly cpuMhz: number; readonly memoryMib: number },
): Promise<void> {
  await tx.query(
    'UPDATE host_capacity SET reserved_cpu_mhz = reserved_cpu_mhz + ?, reserved_memory_mib = reserved_memory_mib + ? WHERE host_id = ?',
    [size.cpuCount * size.cpuMhz, size.memoryMib, hostId],
  );
}
