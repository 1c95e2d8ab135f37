// The bridge on KVM hosts that the management cards of system machines are plugged into.
import type { EntityManager } from 'typeorm';

/** The KVM label of the zone's management traffic; undefined where it has none and goes with the guests'. */
export async function managementBridgeOf(read: EntityManager, zoneId: number): Promise<string | undefined> {
  const rows = await read.query<{ label: string }[]>(
    `SELECT t.kvm_label AS label FROM traffic_type t JOIN physical_network p ON p.id = t.physical_network_id
     WHERE p.zone_id = ? AND t.kind = 'Management' AND t.kvm_label IS NOT NULL AND t.kvm_label <> '' ORDER BY p.id LIMIT 1`,
    [zoneId],
  );
  return rows[0]?.label;
}
