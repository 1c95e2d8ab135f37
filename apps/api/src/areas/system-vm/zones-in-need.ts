// Zones as system machines see them: whether they may start there, and what is missing, in words.
import type { EntityManager } from 'typeorm';

export interface ReadyZone {
  readonly id: number;
  readonly isEnabled: boolean;
  /** Pods with a host that takes machines, the one with most of them first. */
  readonly podIds: readonly number[];
  /** What the zone needs before a system machine can start, each with its remedy; empty when nothing. */
  readonly lacks: readonly string[];
}

interface Row {
  readonly id: number;
  readonly name: string;
  readonly allocationState: string;
  readonly pools: number;
  readonly stores: number;
}

/** All zones by id: three statements, whatever their number. */
export async function readyZones(read: EntityManager): Promise<Map<number, ReadyZone>> {
  const zones = await read.query<Row[]>(
    `SELECT z.id, z.name, z.allocation_state AS allocationState,
       (SELECT COUNT(*) FROM storage_pool p WHERE p.zone_id = z.id AND p.state = 'Up') AS pools,
       (SELECT COUNT(*) FROM image_store s WHERE s.zone_id = z.id AND s.ready) AS stores
     FROM zone z`,
  );
  if (zones.length === 0) return new Map();
  const pods = await read.query<{ zoneId: number; podId: number }[]>(
    `SELECT h.zone_id AS zoneId, h.pod_id AS podId FROM host h WHERE h.state = 'Up' AND h.ready AND h.resource_state = 'Enabled'
     GROUP BY h.zone_id, h.pod_id ORDER BY COUNT(*) DESC, h.pod_id`,
  );
  return new Map(
    zones.map(({ id, name, allocationState, pools, stores }) => {
      const podIds = pods.filter(({ zoneId }) => zoneId === id).map(({ podId }) => podId);
      const lacks = [
        ...(podIds.length > 0 ? [] : [`zone ${name} has no host that is Up and enabled: add one, or repair those there are`]),
        ...(Number(pools) > 0 ? [] : [`zone ${name} has no primary storage that is Up: add it with createStoragePool`]),
        ...(Number(stores) > 0 ? [] : [`zone ${name} has no secondary storage: add it with addImageStore`]),
      ];
      return [id, { id, isEnabled: allocationState === 'Enabled', podIds, lacks }];
    }),
  );
}
