// Moves a machine between two hosts: steps on hosts that sagas of guests and of system machines share.
import type { MachineSpec } from '@strata/hypervisor';
import type { HostsStep } from '../../kernel/jobs/saga.ts';
import { Host } from '../host/host.entity.ts';
import { migrateTimeoutSeconds } from './vm.settings.ts';

export interface Move {
  readonly fromHostId: number;
  readonly toHostId: number;
}

type MoveStep = Pick<HostsStep<unknown, unknown>, 'drivers' | 'read' | 'settings' | 'log'>;

/** @param spec the machine with the bridges of the host it goes to; runs there already: fine */
export async function moveMachine({ fromHostId, toHostId }: Move, spec: MachineSpec, step: MoveStep): Promise<void> {
  const [from, to] = await Promise.all([step.drivers.for(fromHostId), step.drivers.for(toHostId)]);
  await from.driver.migrateMachine(from.address, to.address, spec, step.settings.get(migrateTimeoutSeconds) * 1_000);
}

/**
 * Undoes a move that may have been begun: the machine runs where it ran, by a second move if it had come through. One that has ended meanwhile is
 * left for the next look at its host. A host that was deleted meanwhile has been seen to by whoever forced that.
 * @param spec the machine with the bridges of the host it came from
 */
export async function moveMachineBack({ fromHostId, toHostId }: Move, spec: MachineSpec, step: MoveStep): Promise<void> {
  const known = (hostId: number): Promise<boolean> => step.read.existsBy(Host, { id: hostId });
  if (!(await known(toHostId))) return;
  const to = await step.drivers.for(toHostId);
  if (!(await known(fromHostId))) {
    await to.driver.stopMachine(to.address, spec.name, 'forced', 0);
    return to.driver.removeMachine(to.address, spec.name);
  }
  const from = await step.drivers.for(fromHostId);
  if ((await from.driver.settleMigration(from.address, to.address, spec.name)) !== 'target') return;
  step.log.info({ machine: spec.name }, 'a machine that had moved goes back');
  await moveMachine({ fromHostId: toHostId, toHostId: fromHostId }, spec, step);
}
