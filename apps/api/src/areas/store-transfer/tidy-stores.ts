// Has secondary-storage machines end at once what no row asks for any more: before a file is removed, nobody may be writing it.
import { DriverError } from '@strata/hypervisor';
import type { EntityManager } from 'typeorm';
import type { HostDrivers } from '../host/host-drivers.ts';
import type { Agent } from '../system-vm/system-vm-role.ts';
import { agentOfStorageVm, isAtWork, readStorageVms } from './storage-vm.ts';
import { StoreLink, StoreTransfer } from './store-transfer.entity.ts';

/** A machine that does not answer is not waited for: it is told when it does. */
export async function tidyStores(zoneIds: readonly number[], read: EntityManager, drivers: HostDrivers): Promise<void> {
  const machines = await readStorageVms(read);
  for (const zoneId of zoneIds) {
    const vm = machines.get(zoneId);
    if (!isAtWork(vm)) continue;
    try {
      await endStrays(await agentOfStorageVm(vm, read, drivers), zoneId, read);
    } catch (error) {
      if (!(error instanceof DriverError) || error.kind === 'bug') throw error;
    }
  }
}

/** Rows are read after the report: what the agent knows has had a row. */
export async function endStrays(agent: Agent, zoneId: number, read: EntityManager): Promise<void> {
  const { transfers, links } = await agent.call('storage.report', {});
  const wanted = new Set((await read.findBy(StoreTransfer, { zoneId })).map(({ uuid }) => uuid));
  const published = new Set((await read.findBy(StoreLink, { zoneId })).map(({ uuid }) => uuid));
  for (const { id, store } of transfers) if (!wanted.has(id)) await agent.call('storage.forget', { id, store });
  for (const id of links) if (!published.has(id)) await agent.call('storage.unpublish', { id });
}
