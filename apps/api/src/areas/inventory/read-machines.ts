// Machines as the rows have them: guests and system machines.
import { instanceNameOf, type MachineRow, type SystemVmKind, systemVmName } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import { hasJob } from './read-jobs.ts';

interface Row {
  readonly id: number;
  readonly accountId: number;
  readonly uuid: string;
  readonly name: string;
  readonly state: string;
  readonly host: string | null;
  readonly isBusy: 0 | 1;
}

export async function readMachines(read: EntityManager): Promise<MachineRow[]> {
  const rows = await read.query<Row[]>(
    `SELECT vm.id, vm.account_id AS accountId, vm.uuid, vm.name, vm.state, h.name AS host, ${hasJob('VirtualMachine', 'vm.uuid')} AS isBusy
     FROM virtual_machine vm LEFT JOIN host h ON h.id = vm.host_id`,
  );
  const guests = rows.map(({ id, accountId, isBusy, ...row }) => ({
    ...row,
    instanceName: instanceNameOf(accountId, id),
    isBusy: Boolean(isBusy),
  }));
  return [...guests, ...(await readSystemMachines(read))];
}

async function readSystemMachines(read: EntityManager): Promise<MachineRow[]> {
  const rows = await read.query<(Omit<Row, 'accountId' | 'name'> & { kind: SystemVmKind })[]>(
    `SELECT vm.id, vm.kind, vm.uuid, vm.state, h.name AS host, ${hasJob('SystemVm', 'vm.uuid')} AS isBusy
     FROM system_vm vm LEFT JOIN host h ON h.id = vm.host_id`,
  );
  return rows.map(({ id, kind, isBusy, ...row }) => ({
    ...row,
    name: kind,
    instanceName: systemVmName(kind, id),
    isBusy: Boolean(isBusy),
  }));
}
