// Capacity of zones, pods or clusters, summed up from the figures of what is in them.
import type { EntityManager } from 'typeorm';
import type { Settings } from '../../kernel/settings/settings.ts';
import { type Fact, type PlaceFilter, readFacts } from './capacity-facts.ts';
import type { CapacityRow, CapacityType } from './capacity.view.ts';

export interface CapacityQuestion extends PlaceFilter {
  /** What each row speaks of. Figures that belong to no pod or cluster are left out at those levels. */
  readonly level: 'zone' | 'pod' | 'cluster';
  readonly type?: number | undefined;
}

export async function capacitiesOf(read: EntityManager, settings: Settings, question: CapacityQuestion): Promise<CapacityRow[]> {
  const sums = sumUp(await readFacts(read, settings, question, question.type), question.level);
  if (sums.length === 0) return [];
  const places = await namesOf(read, question.level, [...new Set(sums.map(({ placeId }) => placeId))]);
  return sums.flatMap(({ placeId, ...sum }) => {
    const place = places.get(placeId);
    return place ? [{ ...sum, ...place }] : [];
  });
}

interface Sum {
  readonly placeId: number;
  readonly type: CapacityType;
  readonly total: number;
  readonly used: number;
}

function sumUp(facts: readonly Fact[], level: CapacityQuestion['level']): Sum[] {
  const sums = new Map<string, Sum>();
  for (const { type, total, used, ...place } of facts) {
    const placeId = level === 'zone' ? place.zoneId : level === 'pod' ? place.podId : place.clusterId;
    if (placeId === null) continue;
    const key = `${placeId}/${type}`;
    const before = sums.get(key);
    sums.set(key, { placeId, type, total: total + (before?.total ?? 0), used: used + (before?.used ?? 0) });
  }
  return [...sums.values()].sort((one, other) => one.placeId - other.placeId || one.type - other.type);
}

type PlaceNames = Omit<CapacityRow, 'type' | 'total' | 'used'>;

const nameQueries = {
  zone: 'SELECT z.id, z.uuid AS zoneUuid, z.name AS zoneName, NULL AS podUuid, NULL AS podName, NULL AS clusterUuid, NULL AS clusterName FROM zone z WHERE z.id IN (?)',
  pod: 'SELECT p.id, z.uuid AS zoneUuid, z.name AS zoneName, p.uuid AS podUuid, p.name AS podName, NULL AS clusterUuid, NULL AS clusterName FROM pod p JOIN zone z ON z.id = p.zone_id WHERE p.id IN (?)',
  cluster:
    'SELECT c.id, z.uuid AS zoneUuid, z.name AS zoneName, p.uuid AS podUuid, p.name AS podName, c.uuid AS clusterUuid, c.name AS clusterName FROM cluster c JOIN pod p ON p.id = c.pod_id JOIN zone z ON z.id = c.zone_id WHERE c.id IN (?)',
} as const;

async function namesOf(read: EntityManager, level: CapacityQuestion['level'], ids: readonly number[]): Promise<Map<number, PlaceNames>> {
  const rows = await read.query<(PlaceNames & { id: number })[]>(nameQueries[level], [ids]);
  return new Map(rows.map(({ id, ...names }) => [id, names]));
}
