// The control network of a host: a bridge without ports of the outside, on which only the host and its system machines are.
import { DriverError } from '../../driver-error.ts';
import { controlBridge, controlPrefixLength } from '../../specs.ts';
import { lockedExitCode, script, takeLock } from '../ssh/host-shell.ts';
import type { HostShell } from '../ssh/host-shell.ts';

const quickMs = 30_000;

/**
 * The host speaks to the machines, never the other way: what comes in from the bridge is dropped unless it answers the host, and nothing is
 * routed from or to it. The address is the host's alone, so each host can have the same. IPv6 is off, since it would bring addresses that no
 * rule speaks of. The rules are replaced as a whole, at once: what somebody has changed in them is no matter. The bridge's own MAC address is set, so that it does not change with its ports (see bridges.ts).
 */
const controlScript = `${takeLock}set -e
if [ ! -d "/sys/class/net/$1/bridge" ]; then
  ip link add name "$1" address 0e:fe:a9:fe:00:01 type bridge stp_state 0 forward_delay 0
fi
if [ -e "/proc/sys/net/ipv6/conf/$1/disable_ipv6" ]; then echo 1 >"/proc/sys/net/ipv6/conf/$1/disable_ipv6" || true; fi
ip -4 -o addr show dev "$1" | grep -qF "$2" || ip addr add "$2" dev "$1"
ip link set dev "$1" up
nft -f - <<END
table inet strata_control
delete table inet strata_control
table inet strata_control {
  chain input {
    type filter hook input priority -10; policy accept;
    iifname "$1" ct state established,related accept
    iifname "$1" drop
  }
  chain forward {
    type filter hook forward priority -10; policy accept;
    iifname "$1" drop
    oifname "$1" drop
  }
}
END`;

/** The host's own address on it, the first of the subnet. */
const hostAddress = `169.254.0.1/${controlPrefixLength}`;

export async function ensureControlBridge(shell: HostShell): Promise<void> {
  const argv = script(controlScript, 'control-bridge', '20', controlBridge, hostAddress);
  const result = await shell.run({ argv, timeoutMs: quickMs });
  if (result.exitCode === lockedExitCode)
    throw new DriverError('busy', `the control network ${controlBridge} is being made by another operation`);
  if (result.exitCode !== 0)
    throw new DriverError('refused', `the control network ${controlBridge} can't be made on the host: ${result.stderr.trim()}`);
}
