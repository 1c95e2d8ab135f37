// Disk images in a host's mounts. Each change is written beside its target and renamed, under a lock of that target on the host.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { qcow2HeaderBytes } from '@strata/domain';
import { DriverError } from '../../driver-error.ts';
import type { DiskFacts, FileRef, MountSpec } from '../../specs.ts';
import { checkRelativePath, checkSha256, hostPath, mountPoint } from '../host-strings.ts';
import { script, takeLock } from '../ssh/host-shell.ts';
import type { HostShell } from '../ssh/host-shell.ts';
import { exitCodes, fileFailure } from './file-failure.ts';
import { judgeImage, relativeBackingName } from './image-safety.ts';
import type { SafeImage } from './image-safety.ts';

const quickMs = 30_000;
const createMs = 60_000;
/** A terabyte at 100 MB/s. */
export const copyMs = 3 * 3_600_000;

/** Requires that the folder `$1` is a mount, then shifts it away. Asks the kernel, not the storage, which may hang. */
export const requireMount = `grep -qsF " $1 " /proc/self/mounts || exit ${exitCodes.notMounted}
shift
`;

/** Prints allocated bytes, file size and first bytes (base64) of each file given; an absent one prints a dash. */
const lookScript = `${requireMount}for file; do
  if [ -f "$file" ]; then
    stat -L -c '%b %B %s' "$file" | tr '\\n' ' '
    head -c ${qcow2HeaderBytes} "$file" | base64 -w 0 || exit 1
    echo
  elif [ -e "$file" ]; then echo "$file is no regular file" >&2; exit 1
  else echo -
  fi
done`;

/**
 * Sets `$part`, where the new file is written: on the target's file system, named by host so that leftovers of this host's broken attempts can be
 * swept here without touching another host's work.
 */
export const partBeside = `target=$1; folder=$(dirname "$target"); name=$(basename "$target")
mkdir -p "$folder" || exit 1
part="$folder/.$name.$(uname -n).$$.part"
rm -f "$folder/.$name.$(uname -n)".*.part
trap 'rm -f "$part"' EXIT
trap 'exit 1' HUP INT TERM PIPE
`;

const createScript = `${takeLock}${requireMount}${partBeside}[ ! -e "$target" ] || exit ${exitCodes.different}
cd "$folder" || exit 1
if [ -n "$3" ]; then qemu-img create -q -f qcow2 -F qcow2 -b "$3" "$part" "$2" >&2 || exit 1
else qemu-img create -q -f qcow2 "$part" "$2" >&2 || exit 1; fi
sync "$part" && mv -T "$part" "$target"`;

/** After fsync, dd with \`nocache\` and nothing to write drops \`$part\` from the page cache: what is read then is what the storage holds. */
export const dropFromCache = `sync "$part" || exit 1
dd of="$part" oflag=nocache conv=notrunc,fdatasync count=0 status=none
`;

const finishPart = `${dropFromCache}landed=$(sha256sum < "$part") || exit 1
[ "\${landed%% *}" = "$sum" ] || { echo "SHA-256 is \${landed%% *} instead of $sum" >&2; exit ${exitCodes.checksum}; }
# Never over a file that another host has put there meanwhile: machines may have it open already.
mv -nT "$part" "$target" || [ -e "$target" ] || exit 1
[ -e "$part" ] || exit 0
same_as_target "$part"`;

/** \`same_as_target FILE\` ends the script: well when both hold the same. A file that is replaced while it is read is stale, and read again. */
const compareWithTarget = `same_as_target() {
  for attempt in 1 2 3; do
    cmp -s "$1" "$target"
    case $? in
      0) exit 0 ;;
      1) exit ${exitCodes.different} ;;
    esac
    sleep 1
  done
  echo "$target can't be read" >&2
  exit 1
}
`;

const copyScript = `${takeLock}${requireMount}${requireMount}source=$2
[ -f "$source" ] || { echo "$source does not exist" >&2; exit ${exitCodes.missing}; }
target=$1
${compareWithTarget}if [ -e "$target" ]; then same_as_target "$source"; fi
${partBeside}cp --sparse=auto "$source" "$part" || exit 1
sum=$3
if [ -z "$sum" ]; then
  sum=$(sha256sum < "$source") || exit 1
  sum=\${sum%% *}
fi
${finishPart}`;

const uploadScript = `${takeLock}${requireMount}sum=$2
if [ -e "$1" ]; then
  there=$(sha256sum < "$1") || exit 1
  [ "\${there%% *}" = "$sum" ] && exit 0
  exit ${exitCodes.different}
fi
${compareWithTarget}${partBeside}cat > "$part" || exit 1
${finishPart}`;

const removeScript = `${takeLock}${requireMount}rm -f "$1" && rm -f "$(dirname "$1")/.$(basename "$1").$(uname -n)".*.part`;

/** Our own unfinished files are no files yet. */
const listScript = `${requireMount}[ -d "$1" ] || exit 0
find "$1" -type f ! -name '.*.part' -printf '%P\\t%b\\n'`;

export interface Look extends SafeImage {
  readonly allocatedBytes: number;
  readonly fileBytes: number;
}

/** Looks at files of one mount in one round trip, undefined where there is none; throws `unsafeImage`. */
export async function look(shell: HostShell, files: readonly FileRef[]): Promise<(Look | undefined)[]> {
  const [first] = files;
  if (first === undefined) return [];
  const argv = script(lookScript, mountPoint(first.mount), ...files.map(hostPath));
  const result = await shell.run({ argv, timeoutMs: quickMs });
  if (result.exitCode !== 0) throw fileFailure(`read image ${first.path}`, result);
  const lines = result.stdout.split('\n');
  return files.map((file, index) => {
    const [blocks, blockBytes, fileBytes, base64 = ''] = (lines[index] ?? '-').split(' ');
    if (blocks === undefined || blocks === '-') return undefined;
    return {
      ...judgeImage(file.path, Buffer.from(base64, 'base64')),
      allocatedBytes: Number(blocks) * Number(blockBytes),
      fileBytes: Number(fileBytes),
    };
  });
}

export async function inspectDisk(shell: HostShell, file: FileRef): Promise<DiskFacts> {
  const [found] = await look(shell, [file]);
  if (found === undefined) throw new DriverError('missing', `image ${file.path} does not exist`);
  const { format, allocatedBytes, backingPath } = found;
  const virtualSizeBytes = found.virtualSizeBytes ?? found.fileBytes;
  return { format, virtualSizeBytes, allocatedBytes, ...(backingPath !== undefined && { backingPath }) };
}

export async function createLinkedClone(shell: HostShell, target: FileRef, backing: FileRef, sizeBytes: number): Promise<void> {
  checkRelativePath(target.path);
  checkRelativePath(backing.path);
  if (mountPoint(target.mount) !== mountPoint(backing.mount)) {
    throw new DriverError('refused', `a clone of ${backing.path} must lie in the same storage as its backing file`);
  }
  const [present, base] = await look(shell, [target, backing]);
  if (base === undefined) throw new DriverError('missing', `the backing image ${backing.path} does not exist`);
  if (base.format !== 'qcow2' || base.virtualSizeBytes === undefined)
    throw new DriverError('refused', `the backing image ${backing.path} is no qcow2 image`);
  if (sizeBytes < base.virtualSizeBytes) {
    throw new DriverError(
      'refused',
      `a clone of ${backing.path} can't be smaller (${sizeBytes}) than its backing image (${base.virtualSizeBytes})`,
    );
  }
  await create(shell, target, present, sizeBytes, backing.path);
}

export async function createEmptyDisk(shell: HostShell, target: FileRef, sizeBytes: number): Promise<void> {
  const [present] = await look(shell, [target]);
  await create(shell, target, present, sizeBytes);
}

async function create(
  shell: HostShell,
  target: FileRef,
  present: Look | undefined,
  sizeBytes: number,
  backingPath?: string,
): Promise<void> {
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes <= 0 || sizeBytes % 512 !== 0)
    throw new DriverError('refused', `a disk can't have ${sizeBytes} bytes`);
  const isSame = (found: Look | undefined): boolean =>
    found?.format === 'qcow2' && found.virtualSizeBytes === sizeBytes && found.backingPath === backingPath;
  const doing = `create disk ${target.path}`;
  if (present !== undefined) {
    if (isSame(present)) return;
    throw fileFailure(doing, { exitCode: exitCodes.different, stdout: '', stderr: '' });
  }
  const backingName = backingPath === undefined ? '' : relativeBackingName(target.path, backingPath);
  const argv = script(createScript, lockOf(target), '30', mountPoint(target.mount), hostPath(target), String(sizeBytes), backingName);
  const result = await shell.run({ argv, timeoutMs: createMs });
  if (result.exitCode === 0) return;
  // Someone was first: an attempt of ours that outlived its connection, or a stranger.
  if (result.exitCode === exitCodes.different && isSame((await look(shell, [target]))[0])) return;
  throw fileFailure(doing, result);
}

export async function copyDisk(shell: HostShell, source: FileRef, target: FileRef, sha256?: string): Promise<void> {
  const places = [mountPoint(source.mount), mountPoint(target.mount), hostPath(target), hostPath(source)];
  const argv = script(copyScript, lockOf(target), String(copyMs / 1000), ...places, sha256 === undefined ? '' : checkSha256(sha256));
  const result = await shell.run({ argv, timeoutMs: copyMs, long: true });
  if (result.exitCode !== 0) throw fileFailure(`copy ${source.path} to ${target.path}`, result);
}

export async function uploadDisk(shell: HostShell, localPath: string, target: FileRef, sha256: string): Promise<void> {
  const argv = script(uploadScript, lockOf(target), '60', mountPoint(target.mount), hostPath(target), checkSha256(sha256));
  const { size } = await stat(localPath).catch((cause: unknown) => {
    throw new DriverError('missing', `the file to upload, ${localPath}, can't be read`, { cause });
  });
  const stream = createReadStream(localPath, { highWaterMark: 256 * 1024, ...(size > 0 && { end: size - 1 }) });
  try {
    const result = await shell.run({ argv, stdin: { stream, sizeBytes: size }, timeoutMs: copyMs, long: true });
    if (result.exitCode !== 0) throw fileFailure(`upload ${target.path}`, result);
  } finally {
    stream.destroy();
  }
}

export async function removeDisk(shell: HostShell, file: FileRef): Promise<void> {
  const argv = script(removeScript, lockOf(file), '30', mountPoint(file.mount), hostPath(file));
  const result = await shell.run({ argv, timeoutMs: createMs });
  if (result.exitCode !== 0) throw fileFailure(`remove ${file.path}`, result);
}

export async function listDisks(shell: HostShell, mount: MountSpec, folder: string): Promise<{ path: string; allocatedBytes: number }[]> {
  const isRoot = folder === '' || folder === '.';
  const root = isRoot ? mountPoint(mount) : hostPath({ mount, path: folder });
  const result = await shell.run({ argv: script(listScript, mountPoint(mount), root), timeoutMs: createMs });
  if (result.exitCode !== 0) throw fileFailure(`list ${isRoot ? 'the storage' : folder}`, result);
  return result.stdout.split('\n').flatMap((line) => {
    const [path, blocks] = line.split('\t');
    if (path === undefined || blocks === undefined) return [];
    return [{ path: isRoot ? path : `${folder}/${path}`, allocatedBytes: Number(blocks) * 512 }];
  });
}

export function lockOf(file: FileRef): string {
  return `disk-${createHash('sha256').update(hostPath(file)).digest('hex').slice(0, 32)}`;
}
