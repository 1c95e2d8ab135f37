// What becomes of system machines on a host that is deleted: they end, and others take their place elsewhere.
import { listed, problem, type SystemVmKind, systemVmName } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import type { Clock } from '../../kernel/clock.ts';
import type { HostsStep } from '../../kernel/jobs/saga.ts';
import { isLost } from '../host/lost-host.ts';
import { removeRootDisk, rootDiskOf } from './root-disk.ts';
import { SystemVm } from './system-vm.entity.ts';
import { agentGone, forgetSystemVm, moveSystemVm, quitHost } from './system-vm-rows.ts';

// A type alias, not an interface: it is a step's output, and only aliases are assignable to JSON.
export type EndedSystemMachines = {
  /** Ended, with nothing left on the host or in storage. */
  readonly ids: readonly number[];
};

/** @throws inUse where the host can't be asked to end them: only by force is it deleted then */
export async function refuseSilentSystemMachines(
  tx: EntityManager,
  host: { readonly id: number; readonly name: string; readonly state: string },
): Promise<void> {
  if (host.state === 'Up') return;
  const machines = await tx.query<{ id: number; kind: SystemVmKind }[]>('SELECT id, kind FROM system_vm WHERE host_id = ? ORDER BY id', [
    host.id,
  ]);
  if (machines.length === 0) return;
  const names = listed(machines.map(({ id, kind }) => systemVmName(kind, id)));
  throw problem(
    'inUse',
    `host ${host.name} is ${host.state} and may still run ${names}: bring it up, or cut its power and call deleteHost with forced=true`,
  );
}

export async function endSystemMachines(
  step: HostsStep<{ readonly hostId: number; readonly forced: boolean }, object>,
): Promise<EndedSystemMachines> {
  const { read, input, drivers, log } = step;
  const machines = await read.findBy(SystemVm, { hostId: input.hostId });
  if (machines.length === 0) return { ids: [] };
  const { driver, address } = await drivers.for(input.hostId);
  const ids: number[] = [];
  try {
    for (const vm of machines) {
      const name = systemVmName(vm.kind, vm.id);
      await driver.stopMachine(address, name, 'forced', 0);
      await driver.removeMachine(address, name);
      await removeRootDisk(await rootDiskOf(read, vm), step, { driver, address });
      ids.push(vm.id);
    }
  } catch (error) {
    if (!input.forced || !isLost(error)) throw error;
    log.warn({ host: address.address, err: error }, 'a host that is deleted does not let us in: its system machines were left as they are');
  }
  return { ids };
}

/** Those that could not be asked lose their place; the reconciler removes what they have in storage. */
export async function leaveSystemMachines(tx: EntityManager, hostId: number, { ids }: EndedSystemMachines, clock: Clock): Promise<void> {
  for (const vm of await tx.findBy(SystemVm, { hostId })) {
    if (ids.includes(vm.id)) {
      await forgetSystemVm(tx, vm.id);
      continue;
    }
    await quitHost(tx, vm);
    await moveSystemVm(tx, await tx.findOneByOrFail(SystemVm, { id: vm.id }), 'destroyRequested', clock, agentGone(clock));
  }
}
