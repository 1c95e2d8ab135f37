// The networks in which the hosts of a zone are.
import { formatCidr } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import { cidrOfRange } from './zone-ranges.ts';

/** Of all its pods, such as `192.168.0.0/24`. */
export async function podNetworks(read: EntityManager, zoneId: number): Promise<readonly string[]> {
  const pods = await read.query<{ gateway: string; netmask: string }[]>('SELECT gateway, netmask FROM pod WHERE zone_id = ? ORDER BY id', [
    zoneId,
  ]);
  return [...new Set(pods.map((pod) => formatCidr(cidrOfRange(pod))))];
}

/** As podNetworks(), by one of its hosts. */
export async function networksAround(read: EntityManager, hostId: number): Promise<readonly string[]> {
  const [host] = await read.query<{ zoneId: number }[]>('SELECT zone_id AS zoneId FROM host WHERE id = ?', [hostId]);
  return host ? podNetworks(read, host.zoneId) : [];
}
