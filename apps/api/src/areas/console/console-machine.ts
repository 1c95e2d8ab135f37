// The machine whose console somebody asks for: a virtual machine, or for administrators a system machine.
import { problem, systemVmName } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import type { Caller } from '../../kernel/command/caller.ts';
import { noSuchEntity } from '../../kernel/command/param.ts';
import { ownedByAccount } from '../../kernel/command/resource.ts';
import { SystemVm } from '../system-vm/system-vm.entity.ts';
import { VirtualMachine } from '../vm/virtual-machine.entity.ts';
import type { ConsoleMachineKind } from './console-session.entity.ts';

export interface WantedMachine {
  readonly kind: ConsoleMachineKind;
  readonly id: number;
  readonly uuid: string;
  readonly name: string;
  readonly zoneId: number;
  readonly stateChangedAt: Date;
  readonly accountId: number | undefined;
}

const parameter = 'virtualmachineid';

/**
 * @param id uuid, or the small number that older clients send for virtual machines
 * @throws invalid for what the caller may not see; conflict while it does not run
 */
export async function getConsoleMachine(read: EntityManager, caller: Caller, id: string): Promise<WantedMachine> {
  const vm = await read.findOneBy(VirtualMachine, /^\d+$/.test(id) ? { id: Number(id) } : { uuid: id });
  if (vm && (caller.role === 'Admin' || (await ownedByAccount(caller, vm, 'operate', read)))) {
    assertRuns(`virtual machine ${vm.name}`, vm.state, 'startVirtualMachine');
    const { uuid, displayName, zoneId, stateChangedAt, accountId } = vm;
    return { kind: 'VirtualMachine', id: vm.id, uuid, name: displayName, zoneId, stateChangedAt, accountId };
  }
  const systemVm = caller.role === 'Admin' ? await read.findOneBy(SystemVm, { uuid: id }) : null;
  if (!systemVm) throw noSuchEntity(parameter, id);
  const name = systemVmName(systemVm.kind, systemVm.id);
  assertRuns(`system machine ${name}`, systemVm.state, 'startSystemVm');
  const { uuid, zoneId, stateChangedAt } = systemVm;
  return { kind: 'SystemVm', id: systemVm.id, uuid, name, zoneId, stateChangedAt, accountId: undefined };
}

function assertRuns(what: string, state: string, remedy: string): void {
  if (state !== 'Running') throw problem('conflict', `${what} is ${state}: only a running one has a console; ${remedy} starts it`);
}
