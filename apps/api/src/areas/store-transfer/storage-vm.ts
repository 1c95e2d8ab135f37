// The secondary-storage machine of a zone, and why it can not be asked at the moment.
import type { SystemVmState } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import type { HostDrivers } from '../host/host-drivers.ts';
import { agentOf } from '../system-vm/agent-of.ts';
import type { Agent } from '../system-vm/system-vm-role.ts';
import type { SystemVm } from '../system-vm/system-vm.entity.ts';

export interface StorageVm extends Pick<SystemVm, 'id' | 'uuid' | 'hostId' | 'hostKeySha256' | 'agentState'> {
  readonly zoneId: number;
  readonly state: SystemVmState;
  /** IPv4 as a number, by which its clients reach it. */
  readonly ip: number | null;
}

/** One for each zone that has one: the best where one replaces another. */
export async function readStorageVms(read: EntityManager): Promise<Map<number, StorageVm>> {
  const rows = await read.query<StorageVm[]>(
    `SELECT vm.id, vm.uuid, vm.zone_id AS zoneId, vm.state, vm.host_id AS hostId, vm.host_key_sha256 AS hostKeySha256, vm.agent_state AS agentState,
       (SELECT n.ip FROM system_nic n WHERE n.system_vm_id = vm.id AND n.purpose = 'management' LIMIT 1) AS ip
     FROM system_vm vm WHERE vm.kind = 'secondarystoragevm'
     ORDER BY vm.agent_state = 'Up', vm.state = 'Running', vm.id DESC`,
  );
  return new Map(rows.map((vm) => [vm.zoneId, vm]));
}

export function isAtWork(vm: StorageVm | undefined): vm is StorageVm {
  return vm?.state === 'Running' && vm.agentState === 'Up' && vm.hostId !== null;
}

/** What people are told who wait for it. */
export function whyIdle(vm: StorageVm | undefined): string {
  if (!vm) return 'waiting for a secondary storage VM: the zone has none, listAlerts tells why';
  if (vm.state !== 'Running') return `waiting for the secondary storage VM, which is ${vm.state}`;
  return 'waiting for the secondary storage VM, whose agent does not answer yet';
}

export async function agentOfStorageVm(vm: StorageVm, read: EntityManager, drivers: HostDrivers): Promise<Agent> {
  return (await agentOf(vm, { read, drivers })).agent;
}
