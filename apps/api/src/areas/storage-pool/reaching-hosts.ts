// Finds a host that reaches a storage now, to do work on files of machines that run nowhere.
import { DriverError } from '@strata/hypervisor';
import type { EntityManager } from 'typeorm';
import type { HostConnection, HostDrivers } from '../host/host-drivers.ts';

/** @throws DriverError `unreachable`, so that a step waits for a host to come back */
export async function hostReaching(poolId: number, read: EntityManager, drivers: HostDrivers): Promise<HostConnection> {
  const rows = await read.query<{ id: number }[]>(
    `SELECT h.id FROM storage_pool p JOIN host h ON h.zone_id = p.zone_id AND (p.cluster_id IS NULL OR h.cluster_id = p.cluster_id)
     WHERE p.id = ? AND h.state = 'Up' AND h.ready ORDER BY h.id LIMIT 1`,
    [poolId],
  );
  if (!rows[0]) throw new DriverError('unreachable', 'no host that is Up reaches the primary storage: bring one up and try again');
  return drivers.for(rows[0].id);
}

/**
 * A host of the zone for work in an image store, one of the hypervisor before all others.
 * @throws DriverError `unreachable` when none is Up
 */
export async function hostInZone(zoneId: number, hypervisor: string, read: EntityManager, drivers: HostDrivers): Promise<HostConnection> {
  const rows = await read.query<{ id: number }[]>(
    "SELECT id FROM host WHERE zone_id = ? AND state = 'Up' AND ready ORDER BY hypervisor = ? DESC, id LIMIT 1",
    [zoneId, hypervisor],
  );
  if (!rows[0])
    throw new DriverError('unreachable', 'no host of the zone is Up that could reach the secondary storage: bring one up and try again');
  return drivers.for(rows[0].id);
}
