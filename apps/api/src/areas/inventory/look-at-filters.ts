// Asks every host for the filters of guests and for what hangs on its bridges.
import { guestTapName, type HostFilters, instanceNameOf, vmIdOfTap } from '@strata/domain';
import { DriverError, guestFilterDigest } from '@strata/hypervisor';
import type { EntityManager } from 'typeorm';
import { eachWithLimit } from '../../kernel/each-with-limit.ts';
import type { HostDrivers } from '../host/host-drivers.ts';
import { filtersOnHost } from '../security-group/guest-filters.ts';
import type { SeenHost } from './look-at-hosts.ts';
import { hasJob } from './read-jobs.ts';

const parallelHosts = 32;

/** Hosts that stop answering meanwhile are left out: whoever listed their machines tells of that. */
export async function lookAtFilters(read: EntityManager, drivers: HostDrivers, hosts: readonly SeenHost[]): Promise<HostFilters[]> {
  const seen: HostFilters[] = [];
  await eachWithLimit(hosts, parallelHosts, async ({ id, name }) => {
    try {
      const { driver, address } = await drivers.for(id);
      const filters = await driver.filters.list(address);
      const ports = await driver.filters.listPorts(address);
      const wanted = await filtersOnHost(read, id);
      const names = await machineNames(
        read,
        wanted.map(({ tap }) => vmIdOfTap(tap)!),
      );
      const expected = wanted.map((filter) => ({
        tap: filter.tap,
        machine: names.get(vmIdOfTap(filter.tap)!) ?? filter.tap,
        bridge: filter.bridge,
        digest: guestFilterDigest(filter),
      }));
      seen.push({ host: name, filters, ports, expected, busy: await busyCards(read) });
    } catch (error) {
      if (!(error instanceof DriverError)) throw error;
    }
  });
  return seen;
}

async function machineNames(read: EntityManager, vmIds: readonly number[]): Promise<Map<number, string>> {
  if (vmIds.length === 0) return new Map();
  const rows = await read.query<{ id: number; accountId: number; name: string }[]>(
    'SELECT id, account_id AS accountId, name FROM virtual_machine WHERE id IN (?)',
    [vmIds],
  );
  return new Map(rows.map(({ id, accountId, name }) => [id, `machine ${instanceNameOf(accountId, id)} (${name})`]));
}

async function busyCards(read: EntityManager): Promise<Set<string>> {
  const rows = await read.query<{ vmId: number; deviceId: number }[]>(
    `SELECT n.vm_id AS vmId, n.device_id AS deviceId FROM nic n JOIN virtual_machine vm ON vm.id = n.vm_id WHERE ${hasJob('VirtualMachine', 'vm.uuid')}`,
  );
  return new Set(rows.map(({ vmId, deviceId }) => guestTapName(vmId, deviceId)));
}
