// Loads filters of guests' cards into the host's kernel with nft, and tells which are there as they were loaded.
import { DriverError } from '../../driver-error.ts';
import { guestFilterDigest } from '../../guest-filter-digest.ts';
import type { BridgePort, GuestFilterReport, GuestFilterSpec } from '../../specs.ts';
import { checkBridge, checkTapPrefix } from '../host-strings.ts';
import type { CommandResult, HostShell } from '../ssh/host-shell.ts';
import { lockedExitCode, script, takeLock } from '../ssh/host-shell.ts';
import { filterRules, filterTable, noFilterRules } from './filter-rules.ts';

const quickMs = 30_000;
const noTracking = 4;
const noBridge = 3;
const lock = ['filters', '20'] as const;

/**
 * The folder holds the digest of each filter that was loaded, and a seal: the checksum of all that the kernel had right after. Another checksum
 * means that somebody else changed something, and then no digest counts any more. Counters are left out of what is summed (-s).
 */
const folder = `state=/run/strata/filters
mkdir -p -m 700 "$state"
sum() {
  { nft -s list table ip ${filterTable}; nft -s list table bridge ${filterTable}
    for link in $(cat "$state/.bridges" 2>/dev/null); do cat "/sys/class/net/$link/bridge/nf_call_iptables"; done; } 2>/dev/null | sha256sum
}
`;

/** Digests of a state that is not ours any more are forgotten before a new seal would cover them. */
const trustOrForget = `[ "$(sum)" = "$(cat "$state/.seal" 2>/dev/null)" ] || rm -f "$state"/sgt*
`;

const seal = `sum >"$state/.seal"
`;

/** Parameters: bridges, \`--\`, then pairs of interface and digest. */
const applyScript = `${takeLock}${folder}${trustOrForget}[ -e /proc/sys/net/bridge ] || modprobe br_netfilter 2>/dev/null || exit ${noTracking}
while [ "$1" != -- ]; do
  [ -d "/sys/class/net/$1/bridge" ] || { echo "$1"; exit ${noBridge}; }
  ip link set dev "$1" type bridge nf_call_iptables 1 || exit 1
  grep -qxF "$1" "$state/.bridges" 2>/dev/null || echo "$1" >>"$state/.bridges"
  shift
done
shift
nft -f - || { ${seal.trim()}; exit 1; }
while [ $# -gt 0 ]; do printf %s "$2" >"$state/$1"; shift 2; done
${seal}`;

/** Interfaces that have a digest or rules. */
const known = `known() {
  { ls "$state"; nft -s list map bridge ${filterTable} identity 2>/dev/null | grep -o '"sgt[0-9a-z]*-[0-9]*"' | tr -d '"'; } | sort -u
}
`;

const listScript = `${takeLock}${folder}${known}[ "$(sum)" = "$(cat "$state/.seal" 2>/dev/null)" ] && intact=yes
for tap in $(known); do
  digest=$(cat "$state/$tap" 2>/dev/null)
  echo "$tap \${intact:+$digest}"
done`;

const findScript = `${takeLock}${folder}${known}known | grep -e "^$1" || true`;

/** Parameters: interfaces. */
const removeScript = `${takeLock}${folder}${trustOrForget}nft -f - || exit 1
for tap in "$@"; do rm -f "$state/$tap"; done
${seal}`;

const portsScript = `for port in /sys/class/net/*/brport; do
  [ -e "$port/bridge" ] || continue
  link=$(readlink "$port/bridge")
  name=\${port%/brport}
  echo "\${link##*/} \${name##*/}"
done`;

export async function applyGuestFilters(shell: HostShell, filters: readonly GuestFilterSpec[]): Promise<void> {
  if (filters.length === 0) return;
  const bridges = [...new Set(filters.map(({ bridge }) => checkBridge(bridge)))];
  const rules = filterRules(filters);
  const digests = filters.flatMap((filter) => [filter.tap, guestFilterDigest(filter)]);
  const result = await shell.run({
    argv: script(applyScript, ...lock, ...bridges, '--', ...digests),
    stdin: rules,
    timeoutMs: quickMs,
  });
  if (result.exitCode === noBridge) throw new DriverError('missing', `the host has no bridge ${result.stdout.trim()}`);
  if (result.exitCode === noTracking)
    throw new DriverError('unsupported', 'the host can not filter what its bridges carry: its kernel has no br_netfilter');
  check(result, 'load the filters of guests');
}

export async function removeGuestFilters(shell: HostShell, tapPrefix: string): Promise<void> {
  const found = await shell.run({ argv: script(findScript, ...lock, checkTapPrefix(tapPrefix)), timeoutMs: quickMs });
  check(found, 'find the filters of guests');
  const taps = found.stdout.split('\n').filter((line) => line !== '');
  if (taps.length === 0) return;
  const result = await shell.run({ argv: script(removeScript, ...lock, ...taps), stdin: noFilterRules(taps), timeoutMs: quickMs });
  check(result, 'remove the filters of guests');
}

export async function listGuestFilters(shell: HostShell): Promise<GuestFilterReport[]> {
  const result = await shell.run({ argv: script(listScript, ...lock), timeoutMs: quickMs });
  check(result, 'list the filters of guests');
  return pairs(result.stdout).map(([tap, digest]) => ({ tap, digest: digest === '' ? undefined : digest }));
}

export async function listBridgePorts(shell: HostShell): Promise<BridgePort[]> {
  const result = await shell.run({ argv: script(portsScript), timeoutMs: quickMs });
  check(result, 'list the ports of its bridges');
  return pairs(result.stdout).map(([bridge, port]) => ({ bridge, port }));
}

function pairs(text: string): [string, string][] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => [line.split(' ')[0] ?? '', line.split(' ')[1] ?? '']);
}

function check(result: CommandResult, what: string): void {
  if (result.exitCode === 0) return;
  if (result.exitCode === lockedExitCode) throw new DriverError('busy', 'filters of guests are being changed by another operation');
  if (/nft: (?:command )?not found/.test(result.stderr))
    throw new DriverError('unsupported', 'the host has no nft: install the package nftables');
  throw new DriverError('refused', `the host could not ${what}: ${result.stderr.trim().slice(0, 500)}`);
}
