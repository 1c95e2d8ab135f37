// Removes a host: nothing new comes to it, its machines are ended if so asked, and what was put on it is taken back.
import { instanceNameOf, problem } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import { refuseWhileUsed } from '../../kernel/db/still-used.ts';
import { AlertStore } from '../../kernel/events/alert-store.ts';
import { type HostsStep, type RowsStep, saga } from '../../kernel/jobs/saga.ts';
import { VirtualMachine } from '../vm/virtual-machine.entity.ts';
import { type EndedSystemMachines, endSystemMachines, leaveSystemMachines, refuseSilentSystemMachines } from '../system-vm/leave-host.ts';
import { leaveHost, quitHost } from '../vm/vm-rows.ts';
import { alertCauses } from './host-alerts.ts';
import { forgetHost, getHost } from './host-rows.ts';
import { Host, HostCapacity } from './host.entity.ts';
import { isLost } from './lost-host.ts';

type ReleaseInput = { readonly hostId: number; readonly forced: boolean };
type Closed = { readonly capacity: { readonly cpuCores: number; readonly cpuMhz: number; readonly memoryMib: number } | null };

export const releaseHost = saga<ReleaseInput>('deleteHost')
  .rows('closed', closeHost, openHost)
  .hosts('machines', endMachines)
  .hosts('systemMachines', endSystemMachines)
  .rows('emptied', leaveMachines)
  // The key that lets us in goes last of what can fail, and can't be given again: after it only rows are deleted.
  .hosts('released', takeBack)
  .rows('gone', removeRows);

/** Without its capacity row nothing can be placed on the host, not even by a request that chose it before. */
async function closeHost({ tx, input }: RowsStep<ReleaseInput, object>): Promise<Closed> {
  const capacity = await tx.findOne(HostCapacity, { where: { hostId: input.hostId }, lock: { mode: 'pessimistic_write' } });
  const host = await getHost(tx, input.hostId);
  if (!input.forced) {
    await refuseWhileUsed(
      tx,
      `host ${host.name}`,
      [
        {
          noun: ['machine', 'machines'],
          from: 'virtual_machine v',
          name: 'v.name',
          where: 'v.host_id = ? OR v.target_host_id = ?',
          values: [host.id, host.id],
        },
      ],
      'stop or destroy',
    );
    await refuseSilentSystemMachines(tx, host);
  }
  await refuseBusyMachines(tx, host);
  await tx.delete(HostCapacity, { hostId: host.id });
  await tx.update(Host, { id: host.id }, { ready: false });
  return { capacity: capacity && { cpuCores: capacity.cpuCores, cpuMhz: capacity.cpuMhz, memoryMib: capacity.memoryMib } };
}

/** A job that is stuck may wait for this very host: without it the job can go on. */
async function refuseBusyMachines(tx: EntityManager, host: Host): Promise<void> {
  const busy = await tx.query<{ name: string }[]>(
    `SELECT vm.name FROM virtual_machine vm JOIN job j ON j.held_subject = CONCAT('VirtualMachine:', vm.uuid) AND j.state <> 'Stuck' WHERE vm.host_id = ? OR vm.target_host_id = ?
     UNION ALL SELECT CONCAT(s.kind, ' ', s.id) FROM system_vm s JOIN job j ON j.held_subject = CONCAT('SystemVm:', s.uuid) AND j.state <> 'Stuck' WHERE s.host_id = ? OR s.target_host_id = ? LIMIT 3`,
    [host.id, host.id, host.id, host.id],
  );
  if (busy.length > 0)
    throw problem(
      'conflict',
      `jobs run on machines of host ${host.name} (${busy.map(({ name }) => name).join(', ')}): repeat when they have ended`,
    );
}

async function openHost({ tx, input, out }: RowsStep<ReleaseInput, { closed?: Closed }>): Promise<void> {
  await tx.update(Host, { id: input.hostId }, { ready: true });
  if (!out.closed?.capacity) return;
  const { cpuCores, cpuMhz, memoryMib } = out.closed.capacity;
  await tx.query(
    `INSERT IGNORE INTO host_capacity (host_id, cpu_cores, cpu_mhz, memory_mib, reserved_cpu_mhz, reserved_memory_mib)
     SELECT ?, ?, ?, ?, COALESCE(SUM(cpu_count * cpu_mhz), 0), COALESCE(SUM(memory_mib), 0) FROM (
       SELECT cpu_count, cpu_mhz, memory_mib FROM virtual_machine WHERE host_id = ? OR target_host_id = ?
       UNION ALL SELECT cpu_count, cpu_mhz, memory_mib FROM system_vm WHERE host_id = ? OR target_host_id = ?) held`,
    [input.hostId, cpuCores, cpuMhz, memoryMib, input.hostId, input.hostId, input.hostId, input.hostId],
  );
}

/** Machines on a host that does not answer are only known to run; whoever forces the deletion has seen to them. */
async function endMachines({ read, input, drivers, log }: HostsStep<ReleaseInput, object>): Promise<void> {
  if (!input.forced) return;
  const machines = await read.query<{ id: number; accountId: number }[]>(
    'SELECT id, account_id AS accountId FROM virtual_machine WHERE host_id = ?',
    [input.hostId],
  );
  const { driver, address } = await drivers.for(input.hostId);
  try {
    for (const { id, accountId } of machines) await driver.stopMachine(address, instanceNameOf(accountId, id), 'forced', 0);
  } catch (error) {
    if (!isLost(error)) throw error;
    log.warn({ host: address.address, err: error }, 'a host that is deleted does not let us in: its machines were left as they are');
  }
}

async function takeBack({ input, drivers, log }: HostsStep<ReleaseInput, object>): Promise<void> {
  const { driver, address } = await drivers.for(input.hostId);
  try {
    await driver.releaseHost(address, await drivers.managementPublicKey());
  } catch (error) {
    if (!isLost(error)) throw error;
    log.warn({ host: address.address, err: error }, 'a host that is deleted does not let us in: what was put on it stays there');
  }
  await drivers.forget(input.hostId);
}

/** Stays so when the host is kept after all: its machines have been ended. */
async function leaveMachines({ tx, input, out, clock }: RowsStep<ReleaseInput, { systemMachines: EndedSystemMachines }>): Promise<void> {
  await leaveSystemMachines(tx, input.hostId, out.systemMachines, clock);
  for (const vm of await tx.findBy(VirtualMachine, { hostId: input.hostId })) {
    if (vm.state === 'Destroyed') await quitHost(tx, vm);
    else await leaveHost(tx, vm, 'powerOffReported', clock);
  }
}

async function removeRows({ tx, input, clock }: RowsStep<ReleaseInput, object>): Promise<void> {
  const host = await tx.findOneBy(Host, { id: input.hostId });
  if (!host) return;
  const alerts = new AlertStore(tx, clock);
  for (const cause of alertCauses(host.uuid)) await alerts.clear(cause);
  await forgetHost(tx, host.id);
  // The next first host decides anew.
  await tx.query('UPDATE cluster c SET c.arch = NULL WHERE c.id = ? AND NOT EXISTS (SELECT 1 FROM host h WHERE h.cluster_id = c.id)', [
    host.clusterId,
  ]);
}
