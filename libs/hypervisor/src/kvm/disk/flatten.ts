// One disk of several layers, written as one file. QEMU is told each layer and its format: it follows no name in any header.
import { DriverError } from '../../driver-error.ts';
import type { FileRef } from '../../specs.ts';
import { checkRelativePath, hostPath, mountPoint } from '../host-strings.ts';
import { script, takeLock } from '../ssh/host-shell.ts';
import type { HostShell } from '../ssh/host-shell.ts';
import { copyMs, dropFromCache, lockOf, look, partBeside, requireMount } from './disks.ts';
import { exitCodes, fileFailure } from './file-failure.ts';

/** More is no chain of ours. */
const maxLayers = 32;

/** QEMU locks what it reads: while a machine of the host has the disk this fails as busy. What landed is compared with the disk, not with itself. */
const flattenScript = `${takeLock}${requireMount}${requireMount}source=$2
compare() {
  qemu-img compare -q -F qcow2 "$source" "$1" >&2
  case $? in
    0) return 0 ;;
    1) echo "its content differs from that of the disk" >&2; exit "$2" ;;
    *) exit 1 ;;
  esac
}
if [ -e "$1" ]; then compare "$1" ${exitCodes.different}; exit 0; fi
${partBeside}qemu-img convert -q -O qcow2 "$source" "$part" >&2 || exit 1
${dropFromCache}compare "$part" ${exitCodes.checksum}
mv -T "$part" "$target"`;

export async function flattenDisk(shell: HostShell, source: FileRef, target: FileRef, maxBytes: number): Promise<void> {
  checkRelativePath(target.path);
  const doing = `write ${source.path} as ${target.path}`;
  const { layers, virtualSizeBytes } = await readLayers(shell, source);
  if (virtualSizeBytes > maxBytes)
    throw new DriverError('refused', `could not ${doing}: the disk has ${virtualSizeBytes} bytes, at most ${maxBytes} are taken`);
  const [present] = await look(shell, [target]);
  if (present && (present.format !== 'qcow2' || present.backingPath !== undefined || present.virtualSizeBytes !== virtualSizeBytes))
    throw fileFailure(doing, { exitCode: exitCodes.different, stdout: '', stderr: '' });
  const node = blockNode(layers);
  const places = [mountPoint(source.mount), mountPoint(target.mount), hostPath(target), node];
  const argv = script(flattenScript, lockOf(target), String(copyMs / 1000), ...places);
  const result = await shell.run({ argv, timeoutMs: copyMs, long: true });
  // QEMU says all of it before it says what is wrong.
  if (result.exitCode !== 0) throw fileFailure(doing, { ...result, stderr: result.stderr.replaceAll(node, source.path) });
}

interface Layers {
  /** Topmost first. */
  readonly layers: readonly FileRef[];
  readonly virtualSizeBytes: number;
}

/** Each layer is judged before QEMU opens any; throws `unsafeImage`. */
async function readLayers(shell: HostShell, source: FileRef): Promise<Layers> {
  const layers: FileRef[] = [];
  let virtualSizeBytes: number | undefined;
  for (let path: string | undefined = source.path; path !== undefined;) {
    const layer: FileRef = { mount: source.mount, path };
    if (layers.length === maxLayers || layers.some((above) => above.path === layer.path))
      throw new DriverError('refused', `image ${source.path} is unsafe: its layers have no end`, { reason: 'unsafeImage' });
    const [found] = await look(shell, [layer]);
    if (found === undefined) throw new DriverError('missing', `image ${path} does not exist`);
    if (found.format !== 'qcow2' || found.virtualSizeBytes === undefined)
      throw new DriverError('refused', `image ${path} is no qcow2 image`);
    layers.push(layer);
    virtualSizeBytes ??= found.virtualSizeBytes;
    path = found.backingPath;
  }
  return { layers, virtualSizeBytes: virtualSizeBytes! };
}

/** As QEMU takes it in place of a file name (block device options in JSON, docs/interop/live-block-operations). */
function blockNode(layers: readonly FileRef[]): string {
  const node = layers.reduceRight<object | null>(
    (backing, layer) => ({ driver: 'qcow2', file: { driver: 'file', filename: hostPath(layer) }, backing }),
    null,
  );
  return `json:${JSON.stringify(node)}`;
}
