// Work in secondary storage that any host of the zone can do: where one does not answer or can't reach the storage, another is asked.
import { Problem } from '@strata/domain';
import { DriverError } from '@strata/hypervisor';
import type { EntityManager } from 'typeorm';
import type { HostConnection, HostDrivers } from '../host/host-drivers.ts';

export interface WillingHost {
  readonly id: number;
  readonly name: string;
  readonly hypervisor: string;
}

/** More silent hosts than this are not waited for: the work is tried again as a whole. */
const hostsPerHypervisor = 3;

/** Some hosts of the zone that are Up, of every hypervisor that it has, in the order in which to try them. */
export async function hostsToTry(read: EntityManager, zoneId: number): Promise<WillingHost[]> {
  return read.query<WillingHost[]>(
    `SELECT id, name, hypervisor FROM (
       SELECT id, name, hypervisor, ROW_NUMBER() OVER (PARTITION BY hypervisor ORDER BY id) AS nth FROM host WHERE zone_id = ? AND state = 'Up' AND ready
     ) h WHERE nth <= ? ORDER BY nth, hypervisor`,
    [zoneId, hostsPerHypervisor],
  );
}

/**
 * What one host refuses its like would refuse too, but hosts of another hypervisor may do it.
 * @throws what the first host that refused said, or the last one that did not answer
 */
export async function onAnyHost<T>(
  drivers: HostDrivers,
  hosts: readonly WillingHost[],
  work: (host: WillingHost, connection: HostConnection) => Promise<T>,
): Promise<T> {
  const refusals = new Map<string, unknown>();
  let silence: unknown;
  for (const host of hosts) {
    if (refusals.has(host.hypervisor)) continue;
    try {
      return await work(host, await drivers.for(host.id));
    } catch (error) {
      if (error instanceof DriverError && error.kind === 'unreachable') silence = error;
      else if (error instanceof Problem || (error instanceof DriverError && error.kind === 'refused')) refusals.set(host.hypervisor, error);
      else throw error;
    }
  }
  const [refusal = silence] = refusals.values();
  throw refusal;
}
