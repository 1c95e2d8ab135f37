// Moves a running machine between two hosts, whose libvirt daemons and QEMUs meet over a relay through this process.
import { randomBytes } from 'node:crypto';
import { DriverError } from '../../driver-error.ts';
import type { HostAddress, MachineSpec } from '../../specs.ts';
import { checkMachineName } from '../host-strings.ts';
import { serialLogFolder, serialLogPath } from '../libvirt/domain-xml.ts';
import { readSerialLog, removeMachine } from '../libvirt/machines.ts';
import { ensureBridge } from '../network/bridges.ts';
import { ensureMount } from '../nfs/mounts.ts';
import { type HostShell, script, takeLock } from '../ssh/host-shell.ts';
import { abortMove, failureOf, resume, settle } from './machine-place.ts';
import { withBridges } from './migrated-xml.ts';
import { openRelay } from './relay.ts';

const quickMs = 20_000;
/** How much of the serial log goes with the machine. */
const logBytes = 256 * 1024;
const libvirtSocket = '/run/libvirt/libvirt-sock';
/** QEMU makes its own socket here, so it belongs to QEMU's user; libvirt's AppArmor profiles allow names of this form below /run/libvirt. */
const socketFolder = '/run/libvirt/strata';
const memorySocket = (name: string, attempt: string) => `${socketFolder}/${attempt}.tunnelmigrate.dest.${name}`;
const controlSocket = (name: string, attempt: string) => `${socketFolder}/${attempt}.control.${name}`;

/** The folder for sockets, without those of this machine. */
const socketScript = `${takeLock}mkdir -p -m 700 ${socketFolder} && chown --reference=/var/lib/libvirt/qemu ${socketFolder} || exit 1
rm -f ${socketFolder}/*.tunnelmigrate.dest."$1" ${socketFolder}/*.control."$1"`;

/** The log so far counts as rotated away: QEMU goes on in a file of its own. */
const logScript = `${takeLock}mkdir -p -m 750 ${serialLogFolder} && rm -f "$1" "$1".[0-9]* && cat >"$1.0"`;

const describeScript = `virsh -q -c qemu:///system dumpxml --migratable --security-info "$1"`;

/**
 * Halted at the target until we say so: libvirt alone would let both run on when it loses the last answer of the target. The disks are on storage
 * that both hosts mount and open without a cache, which is what --unsafe vouches for: libvirt does not know every network file system.
 */
const moveScript = `${takeLock}virsh -q -c qemu:///system migrate --live --p2p --suspend --unsafe --auto-converge --abort-on-error \\
  --domain "$1" --desturi "$2" --migrateuri "$3" --xml /dev/stdin 9>&-`;

export interface Move {
  readonly source: HostShell;
  readonly target: HostShell;
  readonly from: HostAddress;
  readonly to: HostAddress;
}

export async function migrateMachine(move: Move, spec: MachineSpec, timeoutMs: number): Promise<void> {
  const { source, target } = move;
  const name = checkMachineName(spec.name);
  const place = await settle(source, target, name);
  if (place === 'neither') throw gone(name);
  if (place === 'source') {
    await prepare(move, spec);
    const failure = await cross(move, spec, timeoutMs);
    // The guest is halted until then: whatever else there is to see to can wait.
    if (failure === undefined) await resume(target, name);
    const outcome = await settle(source, target, name);
    await run(source, name, socketScript, [name]);
    if (outcome !== 'target') await removeMachine(target, name);
    if (outcome === 'neither') throw gone(name, failure);
    if (outcome === 'source') throw failure ?? new DriverError('bug', `libvirt says that machine ${name} has moved, but it did not`);
  }
  await removeMachine(source, name);
}

function gone(name: string, cause?: unknown): DriverError {
  return new DriverError('missing', `machine ${name} runs on neither host`, { cause });
}

/** What the machine finds at the target as it was at the source: mounts, bridges, its serial log. */
async function prepare({ source, target }: Move, spec: MachineSpec): Promise<void> {
  const files = [...spec.disks.map(({ file }) => file), ...(spec.cdrom ? [spec.cdrom] : [])];
  for (const mount of new Map(files.map((file) => [file.mount.uuid, file.mount])).values()) await ensureMount(target, mount);
  for (const bridge of new Set(spec.nics.map((nic) => nic.bridge))) await ensureBridge(target, bridge);
  await run(target, spec.name, logScript, [serialLogPath(spec.name)], await readSerialLog(source, spec.name, logBytes));
  for (const shell of [source, target]) await run(shell, spec.name, socketScript, [spec.name]);
}

/** @returns why the machine did not cross; what came of it is for settle() to say */
async function cross({ source, from, to }: Move, spec: MachineSpec, timeoutMs: number): Promise<DriverError | undefined> {
  const { name } = spec;
  const attempt = randomBytes(8).toString('hex');
  const control = controlSocket(name, attempt);
  const memory = memorySocket(name, attempt);
  const xml = withBridges(await run(source, name, describeScript, [name]), spec.nics);
  const relay = await openRelay(from, to, [
    { entrance: control, exit: libvirtSocket },
    { entrance: memory, exit: memory },
  ]);
  try {
    const uris = [`qemu+unix:///system?socket=${control}`, `unix://${memory}`];
    const argv = script(moveScript, `machine-${name}`, '30', name, ...uris);
    const result = await source.run({ argv, stdin: xml, timeoutMs, long: true });
    return result.exitCode === 0 ? undefined : failureOf(`move machine ${name}`, name, result);
  } catch (error) {
    if (!(error instanceof DriverError)) throw error;
    if (error.reason !== 'timedOut') return error;
    await abortMove(source, name);
    const message = `machine ${name} did not move within ${Math.ceil(timeoutMs / 1000)} s: its guest changes memory faster than it can be sent`;
    return new DriverError('refused', message, { cause: error });
  } finally {
    relay.close();
  }
}

async function run(shell: HostShell, name: string, text: string, parameters: readonly string[], stdin?: string): Promise<string> {
  const lock = text.startsWith(takeLock) ? [`machine-${name}`, '30'] : [];
  const argv = script(text, ...lock, ...parameters);
  const result = await shell.run({ argv, timeoutMs: 2 * quickMs, ...(stdin !== undefined && { stdin }) });
  if (result.exitCode !== 0) throw failureOf(`prepare the migration of machine ${name}`, name, result);
  return result.stdout;
}
