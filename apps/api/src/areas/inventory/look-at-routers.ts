// Asks every virtual router that runs for the guests it serves.
import { type RouterEntries, systemVmName } from '@strata/domain';
import { DriverError } from '@strata/hypervisor';
import type { EntityManager } from 'typeorm';
import { eachWithLimit } from '../../kernel/each-with-limit.ts';
import type { HostDrivers } from '../host/host-drivers.ts';
import { guestsOfPod } from '../router/router-guests.ts';
import { agentOf } from '../system-vm/agent-of.ts';
import { SystemVm } from '../system-vm/system-vm.entity.ts';
import { hasJob } from './read-jobs.ts';

const parallelRouters = 16;

/** Those whose agents do not answer are left out: alerts tell of them. */
export async function lookAtRouters(read: EntityManager, drivers: HostDrivers): Promise<RouterEntries[]> {
  const seen: RouterEntries[] = [];
  const routers = await read.findBy(SystemVm, { kind: 'domainrouter', state: 'Running', agentState: 'Up' });
  if (routers.length === 0) return seen;
  const busy = await busyCards(read);
  await eachWithLimit(routers, parallelRouters, async (vm) => {
    try {
      const { agent } = await agentOf(vm, { read, drivers });
      const { guests } = await agent.call('router.list-guests', {});
      const wanted = await guestsOfPod(read, vm.podId);
      seen.push({
        router: systemVmName(vm.kind, vm.id),
        expected: wanted.map(({ entry: { mac, hostName, digest } }) => ({ mac, machine: hostName, digest })),
        found: guests,
        busy,
      });
    } catch (error) {
      if (!(error instanceof DriverError)) throw error;
    }
  });
  return seen;
}

async function busyCards(read: EntityManager): Promise<Set<string>> {
  const rows = await read.query<{ mac: string }[]>(
    `SELECT n.mac FROM nic n JOIN virtual_machine vm ON vm.id = n.vm_id WHERE ${hasJob('VirtualMachine', 'vm.uuid')}`,
  );
  return new Set(rows.map(({ mac }) => mac.toLowerCase()));
}
