// What a zone needs before it may take machines.
import { problem } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import type { Zone } from './zone.entity.ts';

/**
 * The wires must be there; hosts and storage may follow, since placement names those when they are missing.
 * @throws invalid with every reason
 */
export async function assertZoneReady(
  tx: EntityManager,
  zone: Pick<Zone, 'id' | 'name' | 'networkType' | 'securityGroupsEnabled'>,
): Promise<void> {
  const carried = await tx.query<{ kind: string; state: string; name: string }[]>(
    'SELECT t.kind, p.state, p.name FROM physical_network p JOIN traffic_type t ON t.physical_network_id = p.id WHERE p.zone_id = ?',
    [zone.id],
  );
  const needed = ['Management', 'Guest', ...(zone.networkType === 'Advanced' && !zone.securityGroupsEnabled ? ['Public'] : [])];
  const reasons = needed.flatMap((kind) => {
    const wires = carried.filter((row) => row.kind === kind);
    if (wires.length === 0) return [`no physical network carries ${kind} traffic (addTrafficType)`];
    if (wires.every(({ state }) => state !== 'Enabled'))
      return [`physical network ${wires[0]!.name}, which carries ${kind} traffic, is disabled (updatePhysicalNetwork state=Enabled)`];
    return [];
  });
  if (reasons.length > 0) throw problem('invalid', `zone ${zone.name} cannot be enabled yet: ${reasons.join('; ')}`);
}
