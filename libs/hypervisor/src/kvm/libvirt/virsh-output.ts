// Understands what virsh prints: machine lists, states, failures. Pure functions, tested with output of real hosts.
import { DriverError } from '../../driver-error.ts';
import type { DriverErrorKind } from '../../driver-error.ts';
import type { MachineReport } from '../../specs.ts';
import type { CommandResult } from '../ssh/host-shell.ts';

/** One virsh call that lists all machines, then the active ones, then those of them that are paused; `echo` separates the lists, but not under `-q`. */
export const listMachinesCommand = 'list --all --uuid --name; echo ==; list --uuid; echo ==; list --state-paused --uuid';

/** Parses the output of `listMachinesCommand`. Names may hold blanks: the uuid stands first. */
export function parseMachineList(output: string): MachineReport[] {
  const [all = '', active = '', paused = ''] = output.split(/^==$/m);
  const activeUuids = new Set(uuidsIn(active));
  const pausedUuids = new Set(uuidsIn(paused));
  return all.split('\n').flatMap((line) => {
    const match = /^\s*([0-9a-f-]{36})\s+(.*\S)\s*$/.exec(line);
    if (match === null) return [];
    const [, uuid = '', name = ''] = match;
    return [{ name, uuid, power: pausedUuids.has(uuid) ? 'paused' : activeUuids.has(uuid) ? 'running' : 'stopped' } as const];
  });
}

function uuidsIn(text: string): string[] {
  return text.match(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g) ?? [];
}

/** The first line of an error, without virsh's decoration; long enough to act on, short enough for a log line. */
function firstError(stderr: string): string {
  const lines = stderr.split('\n').map((line) => line.replace(/^error:\s*/, '').trim());
  return lines
    .filter((line) => line !== '')
    .join('; ')
    .slice(0, 600);
}

const failures: readonly (readonly [pattern: RegExp, kind: DriverErrorKind])[] = [
  [
    /failed to connect to the hypervisor|failed to connect socket|connection reset by peer|end of file while reading data|cannot recv data|lost connection to destination/i,
    'unreachable',
  ],
  [/failed to get domain|domain not found/i, 'missing'],
  [/cannot access storage file|cannot get interface mtu on|no such device|unable to add bridge|network not found/i, 'missing'],
  [/domain is not running/i, 'missing'],
  [/failed to get ".*" lock|is another process using the image|cannot acquire state change lock|timed out during operation/i, 'busy'],
  [/already exists with uuid|is already active|already defined with uuid|already in use by another guest|is already defined/i, 'refused'],
  [/cannot allocate memory|permission denied|operation not permitted|authentication/i, 'refused'],
  [
    /does not support virt type|could not find capabilities|unsupported configuration|could not access kvm|failed to initialize kvm|emulator .* not found|invalid machine type|requires kvm|not supported/i,
    'unsupported',
  ],
];

export function virshFailure(doing: string, result: CommandResult): DriverError {
  const text = firstError(result.stderr);
  const kind = failures.find(([pattern]) => pattern.test(text))?.[1] ?? 'bug';
  return new DriverError(kind, `libvirt could not ${doing}: ${text === '' ? `exit status ${result.exitCode}` : text}`);
}
