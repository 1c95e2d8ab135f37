// The networks that every zone has for the system's own traffic.
import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { Network } from './network.entity.ts';
import type { TrafficKind } from './traffic-type.entity.ts';

/** One network per offering of the system: Public, Management, Control and Storage traffic. */
export async function addSystemNetworks(tx: EntityManager, zone: { id: number }, created: Date): Promise<void> {
  const offerings = await tx.query<{ id: number; name: string; trafficType: Network['trafficType'] }[]>(
    'SELECT id, name, traffic_type AS trafficType FROM network_offering WHERE is_system ORDER BY id',
  );
  await tx.insert(
    Network,
    offerings.map(({ id, name, trafficType }) => ({
      uuid: randomUUID(),
      zoneId: zone.id,
      networkOfferingId: id,
      name,
      displayText: name,
      trafficType,
      state: 'Setup' as const,
      aclType: 'Domain' as const,
      isSystem: true,
      created,
    })),
  );
}

/** Ties the zone's network for this kind of traffic to the wire that carries it, or to none. */
export async function carrySystemTraffic(
  tx: EntityManager,
  zoneId: number,
  kind: TrafficKind,
  physicalNetworkId: number | null,
): Promise<void> {
  await tx.query('UPDATE network SET physical_network_id = ? WHERE zone_id = ? AND traffic_type = ? AND is_system', [
    physicalNetworkId,
    zoneId,
    kind,
  ]);
}

/** @throws Error when the zone lacks it, which is a defect */
export async function systemNetworkOf(
  tx: EntityManager,
  zoneId: number,
  kind: TrafficKind,
): Promise<{ id: number; physicalNetworkId: number | null }> {
  const rows = await tx.query<{ id: number; physicalNetworkId: number | null }[]>(
    'SELECT id, physical_network_id AS physicalNetworkId FROM network WHERE zone_id = ? AND traffic_type = ? AND is_system',
    [zoneId, kind],
  );
  if (!rows[0]) throw new Error(`zone ${zoneId} has no network for ${kind} traffic`);
  return rows[0];
}
