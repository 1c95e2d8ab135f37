// The bridge on KVM hosts that guests' cards are plugged into.
import type { EntityManager } from 'typeorm';

export const defaultGuestBridge = 'cloudbr0';

/** The KVM label of the zone's guest traffic, or the default. */
export async function guestBridgeOf(read: EntityManager, zoneId: number): Promise<string> {
  const rows = await read.query<{ label: string }[]>(
    `SELECT t.kvm_label AS label FROM traffic_type t JOIN physical_network p ON p.id = t.physical_network_id
     WHERE p.zone_id = ? AND t.kind = 'Guest' AND t.kvm_label IS NOT NULL AND t.kvm_label <> '' ORDER BY p.id LIMIT 1`,
    [zoneId],
  );
  return rows[0]?.label ?? defaultGuestBridge;
}
