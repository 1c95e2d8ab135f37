// The control network of a host: a bridge without ports of the outside, on which only the host and its system machines are.
import { DriverError } from '../../driver-error.ts';
import { type ControlCard, controlBridge, controlPrefixLength } from '../../specs.ts';
import { lockedExitCode, script, takeLock } from '../ssh/host-shell.ts';
import type { HostShell } from '../ssh/host-shell.ts';
import { controlRules } from './control-rules.ts';

const quickMs = 30_000;

/**
 * The host speaks to the machines, never the other way (control-rules.ts). The address is the host's alone, so each host can have the same. IPv6 is
 * off, since it would bring addresses that no rule speaks of. The bridge's own MAC address is set, so that it does not change with its ports (see
 * bridges.ts).
 */
const controlScript = `${takeLock}set -e
if [ ! -d "/sys/class/net/$1/bridge" ]; then
  ip link add name "$1" address 0e:fe:a9:fe:00:01 type bridge stp_state 0 forward_delay 0
fi
if [ -e "/proc/sys/net/ipv6/conf/$1/disable_ipv6" ]; then echo 1 >"/proc/sys/net/ipv6/conf/$1/disable_ipv6" || true; fi
ip -4 -o addr show dev "$1" | grep -qF "$2" || ip addr add "$2" dev "$1"
ip link set dev "$1" up
nft -f -`;

/** The host's own address on it, the first of the subnet. */
const hostAddress = `169.254.0.1/${controlPrefixLength}`;

export async function ensureControlBridge(shell: HostShell, cards: readonly ControlCard[]): Promise<void> {
  const argv = script(controlScript, 'control-bridge', '20', controlBridge, hostAddress);
  const result = await shell.run({ argv, stdin: controlRules(cards), timeoutMs: quickMs });
  if (result.exitCode === lockedExitCode)
    throw new DriverError('busy', `the control network ${controlBridge} is being made by another operation`);
  if (result.exitCode !== 0)
    throw new DriverError('refused', `the control network ${controlBridge} can't be made on the host: ${result.stderr.trim()}`);
}
