// Takes away the networks and wires of a zone that is being deleted.
import type { EntityManager } from 'typeorm';

/** Nothing may use them any more: deleteZone checks that first. */
export async function removeNetworksOfZone(tx: EntityManager, zoneId: number): Promise<void> {
  const ofPhysicalNetworks = 'JOIN physical_network p ON p.id = x.physical_network_id WHERE p.zone_id = ?';
  await tx.query(`DELETE e FROM virtual_router_element e JOIN network_service_provider x ON x.id = e.provider_id ${ofPhysicalNetworks}`, [
    zoneId,
  ]);
  await tx.query(`DELETE x FROM network_service_provider x ${ofPhysicalNetworks}`, [zoneId]);
  await tx.query(`DELETE x FROM traffic_type x ${ofPhysicalNetworks}`, [zoneId]);
  await tx.query('DELETE FROM network WHERE zone_id = ?', [zoneId]);
  await tx.query('DELETE FROM physical_network WHERE zone_id = ?', [zoneId]);
}
