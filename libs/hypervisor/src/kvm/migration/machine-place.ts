// Where a machine is while and after it moves between two hosts, and how an unfinished move is ended so that one copy is left.
import { setTimeout as delay } from 'node:timers/promises';
import { DriverError } from '../../driver-error.ts';
import type { MachinePlace } from '../../specs.ts';
import { virshFailure } from '../libvirt/virsh-output.ts';
import { type CommandResult, type HostShell, lockedExitCode, script, takeLock } from '../ssh/host-shell.ts';

const quickMs = 20_000;
/** How long libvirt gets to end what it has begun once the road between the hosts is closed. */
const settleMs = 30_000;
const pollMs = 200;

/** State with its reason, then the kind of job that libvirt has on the machine. */
const lookScript = `${takeLock}virsh -q -c qemu:///system domstate "$1" --reason 9>&- || exit 1
virsh -q -c qemu:///system domjobinfo "$1" 9>&- 2>/dev/null | sed -n 's/^Job type: *//p'`;
const resumeScript = `${takeLock}virsh -q -c qemu:///system resume "$1" 9>&-`;
const destroyScript = `${takeLock}virsh -q -c qemu:///system destroy "$1" 9>&-`;

export interface Sight {
  readonly power: 'running' | 'paused' | 'absent';
  /** It was halted to be moved and waits for the end of that. */
  readonly isHalted: boolean;
  /** libvirt is at work on it: it leaves, or arrives. */
  readonly isMoving: boolean;
}

/** Understands what `lookScript` printed. */
export function parseSight(output: string): Sight {
  const [state = '', job = 'None'] = output.trim().split('\n');
  const power = state.startsWith('running') ? 'running' : state.startsWith('paused') ? 'paused' : 'absent';
  return { power, isHalted: state === 'paused (migrating)', isMoving: job.trim() !== 'None' };
}

async function look(shell: HostShell, name: string): Promise<Sight> {
  const result = await shell.run({ argv: script(lookScript, `machine-${name}`, '30', name), timeoutMs: 2 * quickMs });
  if (result.exitCode === 0) return parseSight(result.stdout);
  const failure = failureOf(`look at machine ${name}`, name, result);
  if (failure.kind === 'missing') return { power: 'absent', isHalted: false, isMoving: false };
  throw failure;
}

/**
 * The copy at the target never runs before the one at the source is gone, so whatever happened, one of them is the machine: the one at the source as
 * long as there is one. The other is ended.
 */
export async function settle(source: HostShell, target: HostShell, name: string): Promise<MachinePlace> {
  const deadline = performance.now() + settleMs;
  for (;;) {
    const [here, there] = await Promise.all([look(source, name), look(target, name)]);
    if (there.power === 'absent') {
      if (here.isHalted && !here.isMoving) await resume(source, name);
      if (!here.isMoving) return here.power === 'absent' ? 'neither' : 'source';
    } else if (here.power === 'absent') {
      if (there.power === 'running') return 'target';
      if (!there.isMoving) {
        await resume(target, name);
        return 'target';
      }
    } else if (there.power === 'running') {
      // It has arrived, and libvirt could not end what it has left.
      if (here.isHalted) await change(source, name, destroyScript, 'end the left copy of');
      else throw new DriverError('bug', `machine ${name} runs on both hosts: stop one of them by hand`);
    } else if (!here.isMoving) {
      await change(target, name, destroyScript, 'end the unfinished copy of');
    }
    if (here.isMoving) await abortMove(source, name);
    if (performance.now() > deadline)
      throw new DriverError('busy', `libvirt has not ended the migration of ${name} after ${settleMs / 1000} s`);
    await delay(pollMs);
  }
}

/** It runs at the target only once its copy at the source is gone or halted for good: then nobody need ask the source. */
export async function hasArrived(target: HostShell, name: string): Promise<boolean> {
  const { power, isMoving } = await look(target, name);
  return power === 'running' && !isMoving;
}

/** Lets a machine go on that has arrived. Running or gone: fine. */
export function resume(shell: HostShell, name: string): Promise<void> {
  return change(shell, name, resumeScript, 'resume');
}

/** Not moving: fine. */
export async function abortMove(shell: HostShell, name: string): Promise<void> {
  await shell.run({ argv: ['virsh', '-q', '-c', 'qemu:///system', 'domjobabort', name], timeoutMs: quickMs });
}

/** What has gone or changed meanwhile is seen by the next look. */
async function change(shell: HostShell, name: string, text: string, doing: string): Promise<void> {
  const result = await shell.run({ argv: script(text, `machine-${name}`, '30', name), timeoutMs: 2 * quickMs });
  if (result.exitCode === 0) return;
  const failure = failureOf(`${doing} machine ${name}`, name, result);
  if (failure.kind !== 'missing') throw failure;
}

export function failureOf(doing: string, name: string, result: CommandResult): DriverError {
  if (result.exitCode === lockedExitCode)
    return new DriverError('busy', `another operation on machine ${name} is still at work on the host`);
  return virshFailure(doing, result);
}
