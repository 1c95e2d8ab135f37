// Guest bridges: they must exist, and keep their MAC address whatever ports come and go.
import { DriverError } from '../../driver-error.ts';
import { checkBridge } from '../host-strings.ts';
import { script } from '../ssh/host-shell.ts';
import type { HostShell } from '../ssh/host-shell.ts';

const quickMs = 20_000;
const noBridge = 3;

/**
 * A bridge takes the lowest MAC address of its ports unless one was set: then guests that come and go change the host's own address, and two hosts
 * that hold the same guest during a migration share one. `addr_assign_type` 3 is NET_ADDR_SET (Linux Documentation/ABI/testing/sysfs-class-net).
 */
const pinScript = `link=/sys/class/net/$1
[ -d "$link/bridge" ] || exit ${noBridge}
[ "$(cat "$link/addr_assign_type")" = 3 ] || ip link set dev "$1" address "$(cat "$link/address")"`;

export async function ensureBridge(shell: HostShell, bridge: string): Promise<void> {
  const result = await shell.run({ argv: script(pinScript, checkBridge(bridge)), timeoutMs: quickMs });
  if (result.exitCode === noBridge) throw new DriverError('missing', `the host has no bridge ${bridge}`);
  if (result.exitCode !== 0)
    throw new DriverError('refused', `the MAC address of bridge ${bridge} can't be pinned: ${result.stderr.trim()}`);
}
