// Machines on a host through virsh: list, start, stop, reset, forget, read the serial log.
import { setTimeout as delay } from 'node:timers/promises';
import { DriverError } from '../../driver-error.ts';
import type { FileRef, MachineName, MachineReport, MachineSpec } from '../../specs.ts';
import { checkMachineName, hostPath } from '../host-strings.ts';
import { lockedExitCode, script, takeLock } from '../ssh/host-shell.ts';
import type { CommandResult, HostShell } from '../ssh/host-shell.ts';
import { cdromLines, domainXml, serialLogFolder, serialLogPath } from './domain-xml.ts';
import { listMachinesCommand, parseMachineList, virshFailure } from './virsh-output.ts';

export const virsh = ['virsh', '-q', '-c', 'qemu:///system'] as const;

const quickMs = 20_000;
const pingMs = 10_000;
const startMs = 60_000;
/** A guest that is still booting misses the power button: press it again. */
const pressAgainMs = 5_000;
const firstPollMs = 250;
const longestPollMs = 2_000;

/** Locks are named by machine: a start that outlived its connection is over before a stop looks. */
const createScript = `${takeLock}mkdir -p -m 750 ${serialLogFolder}
virsh -q -c qemu:///system create /dev/stdin 9>&-`;

const destroyScript = `${takeLock}virsh -q -c qemu:///system destroy "$1" 9>&-`;

/** The whole drive as it is to be: the same again changes nothing. A guest that has locked its tray is not asked. */
const mediaScript = `${takeLock}[ -z "$2" ] || [ -f "$2" ] || { echo "cannot access storage file $2" >&2; exit 1; }
virsh -q -c qemu:///system update-device "$1" /dev/stdin --live --force 9>&-`;

const forgetScript = `${takeLock}state=$(virsh -q -c qemu:///system domstate "$1" 2>&1)
case $? in
  0) [ "$state" = 'shut off' ] || { echo "it is $state" >&2; exit 3; }
     virsh -q -c qemu:///system undefine "$1" --managed-save --nvram >/dev/null || exit 1 ;;
  *) case $state in *'failed to get domain'*) ;; *) echo "$state" >&2; exit 1 ;; esac ;;
esac
rm -f "$2" "$2".[0-9] "$2".[0-9][0-9]`;

/** A log that libvirt has rotated away continues in `.0`. */
const readLogScript = `[ -e "$1" ] || exit 0
cat "$1.0" "$1" 2>/dev/null | tail -c "$2"`;

export async function pingLibvirt(shell: HostShell): Promise<void> {
  const result = await shell.run({ argv: [...virsh, 'version', '--daemon'], timeoutMs: pingMs });
  if (result.exitCode !== 0) throw unreachableLibvirt(result);
}

export async function listMachines(shell: HostShell): Promise<MachineReport[]> {
  const result = await shell.run({ argv: ['virsh', '-c', 'qemu:///system', listMachinesCommand], timeoutMs: quickMs });
  if (result.exitCode !== 0) throw virshFailure('list its machines', result);
  return parseMachineList(result.stdout);
}

export async function startMachine(shell: HostShell, spec: MachineSpec): Promise<void> {
  const lock = ['machine-' + checkMachineName(spec.name), '30'];
  const created = await shell.run({ argv: script(createScript, ...lock), stdin: domainXml(spec), timeoutMs: startMs });
  if (created.exitCode === 0) return;
  checkLock(spec.name, created);
  const failure = virshFailure(`start machine ${spec.name}`, created);
  if (failure.kind !== 'refused') throw failure;
  const present = (await listMachines(shell)).find((machine) => machine.name === spec.name || machine.uuid === spec.uuid);
  if (present === undefined) throw failure;
  if (present.name === spec.name && present.uuid === spec.uuid && present.power !== 'stopped') return;
  throw new DriverError(
    'refused',
    `${spec.name} (${spec.uuid}) can't start: the host has ${present.name} (${present.uuid}), ${present.power}`,
    { cause: failure },
  );
}

export async function stopMachine(shell: HostShell, name: MachineName, how: 'graceful' | 'forced', timeoutMs: number): Promise<void> {
  checkMachineName(name);
  if (how === 'graceful') return askToStop(shell, name, timeoutMs);
  const result = await shell.run({ argv: script(destroyScript, 'machine-' + name, '30', name), timeoutMs: startMs });
  if (result.exitCode !== 0 && !isAbsent(name, result)) throw virshFailure(`stop machine ${name}`, result);
}

async function askToStop(shell: HostShell, name: string, timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  let pressAt = 0;
  for (let pauseMs = firstPollMs; ; pauseMs = Math.min(longestPollMs, pauseMs * 1.5)) {
    if (performance.now() >= pressAt) {
      const asked = await shell.run({ argv: [...virsh, 'shutdown', name, '--mode', 'acpi'], timeoutMs: quickMs });
      if (asked.exitCode !== 0) {
        if (isAbsent(name, asked)) return;
        throw virshFailure(`ask machine ${name} to stop`, asked);
      }
      pressAt = performance.now() + pressAgainMs;
    } else {
      const state = await shell.run({ argv: [...virsh, 'domstate', name], timeoutMs: quickMs });
      if (state.exitCode === 0 ? state.stdout.trim() === 'shut off' : isAbsent(name, state)) return;
    }
    const left = deadline - performance.now();
    if (left <= 0) throw new DriverError('busy', `the guest of ${name} did not stop within ${Math.ceil(timeoutMs / 1000)} s`);
    await delay(Math.min(pauseMs, left));
  }
}

export async function rebootMachine(shell: HostShell, name: MachineName): Promise<void> {
  const result = await shell.run({ argv: [...virsh, 'reset', checkMachineName(name)], timeoutMs: quickMs });
  if (result.exitCode !== 0) throw virshFailure(`reset machine ${name}`, result);
}

export async function changeMedia(shell: HostShell, name: MachineName, iso: FileRef | null): Promise<void> {
  const argv = script(mediaScript, 'machine-' + checkMachineName(name), '30', name, iso === null ? '' : hostPath(iso));
  const result = await shell.run({ argv, stdin: cdromLines(iso).join('\n'), timeoutMs: startMs });
  if (result.exitCode === 0) return;
  checkLock(name, result);
  throw virshFailure(`change the medium of machine ${name}`, result);
}

export async function removeMachine(shell: HostShell, name: MachineName): Promise<void> {
  const path = serialLogPath(name);
  const result = await shell.run({ argv: script(forgetScript, 'machine-' + name, '30', name, path), timeoutMs: startMs });
  if (result.exitCode === 0) return;
  checkLock(name, result);
  if (result.exitCode === 3) throw new DriverError('busy', `machine ${name} can't be forgotten: ${result.stderr.trim()}`);
  throw virshFailure(`forget machine ${name}`, result);
}

export async function readSerialLog(shell: HostShell, name: MachineName, maxBytes: number): Promise<string> {
  const bytes = String(Math.max(1, Math.min(2 ** 20, Math.floor(maxBytes))));
  const result = await shell.run({ argv: script(readLogScript, serialLogPath(name), bytes), timeoutMs: quickMs });
  return result.stdout;
}

/** Whether a failure means that no such machine runs, which is what a stop wants. */
function isAbsent(name: string, result: CommandResult): boolean {
  checkLock(name, result);
  return virshFailure('', result).kind === 'missing';
}

function checkLock(name: string, result: CommandResult): void {
  if (result.exitCode === lockedExitCode)
    throw new DriverError('busy', `another operation on machine ${name} is still at work on the host`);
}

function unreachableLibvirt(result: CommandResult): DriverError {
  const failure = virshFailure('answer', result);
  return failure.kind === 'bug' ? new DriverError('unreachable', failure.message) : failure;
}
