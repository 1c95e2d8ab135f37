// The figures behind capacity, read from the rows that hold them: one statement per kind of resource.
import { promisable, promisableMemory } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import type { Settings } from '../../kernel/settings/settings.ts';
import { countVlans } from '../network/vlan-numbers.ts';
import {
  cpuOverprovisioningFactor,
  hostReservedMemory,
  memoryOverprovisioningFactor,
  storageOverprovisioningFactor,
} from './overcommit.settings.ts';
import type { CapacityType } from './capacity.view.ts';

/** Where a figure belongs; null where it is the whole zone's or pod's. */
export interface Place {
  readonly zoneId: number;
  readonly podId: number | null;
  readonly clusterId: number | null;
}

export interface Fact extends Place {
  readonly type: CapacityType;
  readonly total: number;
  readonly used: number;
}

export interface PlaceFilter {
  readonly zoneIds?: readonly number[] | undefined;
  readonly podIds?: readonly number[] | undefined;
  readonly clusterIds?: readonly number[] | undefined;
}

interface Columns {
  readonly zone: string;
  readonly pod?: string;
  readonly cluster?: string;
}

/** Conditions on the place columns of one statement; a resource that knows no pod or cluster has nothing there. */
function within(filter: PlaceFilter, columns: Columns): { where: string; values: unknown[] } {
  const conditions: string[] = [];
  const values: unknown[] = [];
  const add = (column: string | undefined, ids: readonly number[] | undefined) => {
    if (ids === undefined) return;
    if (column === undefined || ids.length === 0) conditions.push('FALSE');
    else {
      conditions.push(`${column} IN (?)`);
      values.push(ids);
    }
  };
  add(columns.zone, filter.zoneIds);
  add(columns.pod, filter.podIds);
  add(columns.cluster, filter.clusterIds);
  return { where: conditions.length === 0 ? 'TRUE' : conditions.join(' AND '), values };
}

type Reader = (read: EntityManager, settings: Settings, filter: PlaceFilter) => Promise<Fact[]>;

/** Hosts that take machines, with the factors of their clusters. */
const hosts: Reader = async (read, settings, filter) => {
  const { where, values } = within(filter, { zone: 'h.zone_id', pod: 'h.pod_id', cluster: 'h.cluster_id' });
  const rows = await read.query<
    (Place & { clusterId: number; cores: number; mhz: number; memoryMib: number; usedMhz: number; usedMib: number; hosts: number })[]
  >(
    `SELECT h.zone_id AS zoneId, h.pod_id AS podId, h.cluster_id AS clusterId, SUM(c.cpu_cores) AS cores, SUM(c.cpu_cores * c.cpu_mhz) AS mhz,
            SUM(c.memory_mib) AS memoryMib, SUM(c.reserved_cpu_mhz) AS usedMhz, SUM(c.reserved_memory_mib) AS usedMib, COUNT(*) AS hosts
     FROM host h JOIN host_capacity c ON c.host_id = h.id WHERE h.ready AND h.resource_state = 'Enabled' AND ${where} GROUP BY h.zone_id, h.pod_id, h.cluster_id`,
    values,
  );
  const mib = 1024 * 1024;
  return rows.flatMap(({ zoneId, podId, clusterId, cores, mhz, memoryMib, usedMhz, usedMib, hosts }): Fact[] => {
    const place = { zoneId, podId, clusterId };
    const cpuFactor = settings.get(cpuOverprovisioningFactor, { scope: 'cluster', id: clusterId });
    const memoryFactor = settings.get(memoryOverprovisioningFactor, { scope: 'cluster', id: clusterId });
    const ownMib = settings.get(hostReservedMemory, { scope: 'cluster', id: clusterId });
    return [
      {
        ...place,
        type: 0,
        total: promisableMemory(Number(memoryMib), Number(hosts) * ownMib, memoryFactor) * mib,
        used: Number(usedMib) * mib,
      },
      { ...place, type: 1, total: promisable(Number(mhz), cpuFactor), used: Number(usedMhz) },
      { ...place, type: 90, total: promisable(Number(cores), cpuFactor), used: 0 },
    ];
  });
};

/** Cores of machines that hold a place on a host. */
const machineCores: Reader = async (read, _settings, filter) => {
  const { where, values } = within(filter, { zone: 'h.zone_id', pod: 'h.pod_id', cluster: 'h.cluster_id' });
  const rows = await read.query<(Place & { used: number })[]>(
    `SELECT h.zone_id AS zoneId, h.pod_id AS podId, h.cluster_id AS clusterId, SUM(v.cpu_count) AS used
     FROM (SELECT host_id, cpu_count FROM virtual_machine WHERE host_id IS NOT NULL
       UNION ALL SELECT host_id, cpu_count FROM system_vm WHERE host_id IS NOT NULL) v JOIN host h ON h.id = v.host_id WHERE h.ready AND h.resource_state = 'Enabled' AND ${where} GROUP BY h.zone_id, h.pod_id, h.cluster_id`,
    values,
  );
  return rows.map((row) => ({ ...row, type: 90, total: 0, used: Number(row.used) }));
};

const pools: Reader = async (read, settings, filter) => {
  const { where, values } = within(filter, { zone: 's.zone_id', pod: 's.pod_id', cluster: 's.cluster_id' });
  const rows = await read.query<(Place & { id: number; totalBytes: number; usedBytes: number; reservedBytes: number })[]>(
    `SELECT s.id, s.zone_id AS zoneId, s.pod_id AS podId, s.cluster_id AS clusterId, s.total_bytes AS totalBytes, s.used_bytes AS usedBytes, s.reserved_bytes AS reservedBytes
     FROM storage_pool s WHERE s.state = 'Up' AND ${where}`,
    values,
  );
  return rows.flatMap(({ id, zoneId, podId, clusterId, totalBytes, usedBytes, reservedBytes }): Fact[] => {
    const place = { zoneId, podId, clusterId };
    const factor = settings.get(storageOverprovisioningFactor, { scope: 'storagepool', id });
    return [
      { ...place, type: 2, total: totalBytes, used: usedBytes },
      { ...place, type: 3, total: promisable(totalBytes, factor), used: reservedBytes },
    ];
  });
};

const imageStores: Reader = async (read, _settings, filter) => {
  const { where, values } = within(filter, { zone: 's.zone_id' });
  const rows = await read.query<{ zoneId: number; total: number; used: number }[]>(
    `SELECT s.zone_id AS zoneId, SUM(s.total_bytes) AS total, SUM(s.used_bytes) AS used FROM image_store s WHERE s.ready AND ${where} GROUP BY s.zone_id`,
    values,
  );
  return rows.map(({ zoneId, total, used }) => ({
    zoneId,
    podId: null,
    clusterId: null,
    type: 6,
    total: Number(total),
    used: Number(used),
  }));
};

/** Reserved ranges of pods; system machines hold addresses of them. */
const podAddresses: Reader = async (read, _settings, filter) => {
  const { where, values } = within(filter, { zone: 'p.zone_id', pod: 'p.id' });
  const rows = await read.query<{ zoneId: number; podId: number; total: number; used: number }[]>(
    `SELECT p.zone_id AS zoneId, p.id AS podId, INET_ATON(p.end_ip) - INET_ATON(p.start_ip) + 1 AS total,
       (SELECT COUNT(*) FROM system_nic n WHERE n.space = CONCAT('pod/', p.id)) AS used FROM pod p WHERE ${where}`,
    values,
  );
  return rows.map(({ zoneId, podId, total, used }) => ({
    zoneId,
    podId,
    clusterId: null,
    type: 5,
    total: Number(total),
    used: Number(used),
  }));
};

/** Guest and public ranges; allocated addresses are counted on the index (range_id, state). */
const rangeAddresses: Reader = async (read, _settings, filter) => {
  const { where, values } = within(filter, { zone: 'r.zone_id', pod: 'r.pod_id' });
  const rows = await read.query<{ zoneId: number; podId: number | null; isPublic: 0 | 1; total: number; used: number }[]>(
    `SELECT r.zone_id AS zoneId, r.pod_id AS podId, r.for_virtual_network AS isPublic, INET_ATON(r.end_ip) - INET_ATON(r.start_ip) + 1 AS total,
            (SELECT COUNT(*) FROM guest_address a WHERE a.range_id = r.id AND a.state = 'Allocated') AS used
     FROM vlan_ip_range r WHERE ${where}`,
    values,
  );
  return rows.map(({ zoneId, podId, isPublic, total, used }) => ({
    zoneId,
    podId,
    clusterId: null,
    type: isPublic ? 4 : 8,
    total: Number(total),
    used: Number(used),
  }));
};

const vlans: Reader = async (read, _settings, filter) => {
  const { where, values } = within(filter, { zone: 'p.zone_id' });
  const rows = await read.query<{ zoneId: number; vlan: string; used: number }[]>(
    `SELECT p.zone_id AS zoneId, p.vlan, (SELECT COUNT(DISTINCT n.vlan) FROM network n WHERE n.physical_network_id = p.id AND n.guest_type = 'Isolated') AS used
     FROM physical_network p WHERE p.vlan IS NOT NULL AND ${where}`,
    values,
  );
  return rows.map(({ zoneId, vlan, used }) => ({
    zoneId,
    podId: null,
    clusterId: null,
    type: 7,
    total: countVlans(vlan),
    used: Number(used),
  }));
};

const readers: readonly { readonly types: readonly CapacityType[]; readonly read: Reader }[] = [
  { types: [0, 1, 90], read: hosts },
  { types: [90], read: machineCores },
  { types: [2, 3], read: pools },
  { types: [6], read: imageStores },
  { types: [5], read: podAddresses },
  { types: [4, 8], read: rangeAddresses },
  { types: [7], read: vlans },
];

/** @param type only figures of this type: statements that cannot have any are left out */
export async function readFacts(read: EntityManager, settings: Settings, filter: PlaceFilter, type?: number): Promise<Fact[]> {
  const wanted = readers.filter(({ types }) => type === undefined || types.includes(type as CapacityType));
  const facts: Fact[] = [];
  for (const reader of wanted) facts.push(...(await reader.read(read, settings, filter)));
  return type === undefined ? facts : facts.filter((fact) => fact.type === type);
}
