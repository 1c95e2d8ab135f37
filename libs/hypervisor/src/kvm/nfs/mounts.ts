// NFS mounts of a host: each under /mnt/<uuid>, mounted as an administrator would.
import { DriverError } from '../../driver-error.ts';
import type { MountFacts, MountSpec } from '../../specs.ts';
import { fileFailure } from '../disk/file-failure.ts';
import { checkExportPath, checkServer, mountPoint } from '../host-strings.ts';
import { script, takeLock } from '../ssh/host-shell.ts';
import type { CommandResult, HostShell } from '../ssh/host-shell.ts';
import { mountFailureOf } from './mount-failure.ts';
import { exportSource, ourMounts, parseMountTable } from './mount-table.ts';

const quickMs = 20_000;
const mountMs = 60_000;

/**
 * `hard`: a guest's write waits for a lost server instead of failing. `lookupcache=positive`: a file that another host just made must not stay unseen
 * for a minute. `retry=0`: one attempt, the caller decides about more.
 */
const options = 'rw,hard,noatime,nosuid,nodev,lookupcache=positive,retry=0';

const wrongSource = 3;

/** `$1` folder, `$2` source, `$3` options. Prints block size, blocks and free blocks. */
const ensureScript = `${takeLock}mounted=$(awk -v folder="$1" '$2 == folder { source = $1 } END { print source }' /proc/self/mounts)
if [ -z "$mounted" ]; then
  mkdir -p "$1" || exit 1
  mount -t nfs -o "$3" "$2" "$1" 9>&- >&2 || { status=$?; rmdir "$1"; exit $status; }
elif [ "$mounted" != "$2" ]; then
  printf %s "$mounted"
  exit ${wrongSource}
fi
stat -f -c '%S %b %f' "$1"`;

const removeScript = `${takeLock}if grep -qsF " $1 " /proc/self/mounts; then umount "$1" 9>&- || exit 1; fi
[ ! -d "$1" ] || rmdir "$1"`;

export async function ensureMount(shell: HostShell, mount: MountSpec): Promise<MountFacts> {
  const folder = mountPoint(mount);
  const source = exportSource(checkServer(mount.server), checkExportPath(mount.path));
  const result = await shell.run({ argv: script(ensureScript, `mount-${mount.uuid}`, '60', folder, source, options), timeoutMs: mountMs });
  if (result.exitCode === wrongSource) throw new DriverError('refused', `${folder} holds ${result.stdout} instead of ${source}`);
  if (result.exitCode !== 0) throw failure(`mount ${source}`, result);
  const [blockBytes = 0, blocks = 0, free = 0] = result.stdout.trim().split(' ').map(Number);
  return { totalBytes: blockBytes * blocks, usedBytes: blockBytes * (blocks - free) };
}

export async function removeMount(shell: HostShell, mount: Pick<MountSpec, 'uuid'>): Promise<void> {
  const result = await shell.run({ argv: script(removeScript, `mount-${mount.uuid}`, '30', mountPoint(mount)), timeoutMs: mountMs });
  if (result.exitCode !== 0) throw fileFailure(`unmount ${mountPoint(mount)}`, result);
}

export async function listMounts(shell: HostShell): Promise<MountSpec[]> {
  const result = await shell.run({ argv: ['cat', '/proc/self/mounts'], timeoutMs: quickMs });
  if (result.exitCode !== 0) throw fileFailure('read the mount table', result);
  return ourMounts(parseMountTable(result.stdout));
}

function failure(doing: string, result: CommandResult): DriverError {
  const text = result.stderr.trim();
  switch (mountFailureOf(text)) {
    case 'denied':
      return new DriverError('refused', `could not ${doing}: ${text}`);
    case 'missing':
      return new DriverError('missing', `could not ${doing}: ${text}`);
    case 'refused':
      return new DriverError('unreachable', `could not ${doing}: ${text}`, { reason: 'connectionRefused' });
    case 'timedOut':
      return new DriverError('unreachable', `could not ${doing}: ${text}`, { reason: 'timedOut' });
    case 'noClient':
      return new DriverError('unsupported', `could not ${doing}: the host has no NFS client (package nfs-common or nfs-utils)`);
    default:
      return fileFailure(doing, result);
  }
}
