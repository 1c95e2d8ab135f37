// Reaches an NFS export step by step, so that each cause of failure shows as itself: name, ports, export list, mount, rights.
import type { NfsProbe } from '@strata/domain';
import { DriverError } from '../../driver-error.ts';
import { checkExportPath, checkServer } from '../host-strings.ts';
import { script } from '../ssh/host-shell.ts';
import type { HostShell } from '../ssh/host-shell.ts';
import { localShell } from '../ssh/local-shell.ts';
import { mountFailureOf } from './mount-failure.ts';
import { exportSource } from './mount-table.ts';

const probeMs = 120_000;

/**
 * Prints `key=value` lines, texts of other programs as base64. `$1` server, `$2` source. Ports are tried with bash's /dev/tcp, which every host has and
 * which says why it failed. The mount is soft and goes to a folder of its own; whatever happens it is taken away again.
 * Time limits kill: showmount holds back SIGTERM while it waits for an answer.
 */
const probeScript = `server=$1 source=$2
address=$(getent ahosts "$server" | awk '{ print $1; exit }')
[ -n "$address" ] || exit 0
echo "address=$address"
try_port() {
  said=$(timeout -s KILL 5 bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$address" "$1" 2>&1)
  case $?:$said in
    0:*) echo open ;;
    *'onnection refused'*) echo refused ;;
    *'o route to host'*|*'etwork is unreachable'*|*'dministratively prohibited'*|*'ot permitted'*) echo rejected ;;
    *) echo silent ;;
  esac
}
portmapper=$(try_port 111)
echo "port111=$portmapper"
echo "port2049=$(try_port 2049)"
if [ "$portmapper" = open ] && exports=$(timeout -s KILL 10 showmount --no-headers -e "$address" 2>/dev/null); then
  printf 'exports='; printf '%s\\n' "$exports" | sed 's/[[:space:]]\\{1,\\}[^[:space:]]*$//' | base64 -w 0; echo
fi
folder=$(mktemp -d /tmp/strata-probe.XXXXXX) || exit 1
clean_up() {
  if grep -qsF " $folder " /proc/self/mounts; then timeout -s KILL 20 umount "$folder" || umount -l "$folder"; fi
  rmdir "$folder"
}
trap 'clean_up >/dev/null 2>&1' EXIT
trap 'exit 1' HUP INT TERM
said=$(timeout -s KILL 25 mount -t nfs -o rw,soft,timeo=50,retrans=2,retry=0,nosuid,nodev "$source" "$folder" 2>&1 </dev/null)
status=$?
echo "mounted=$status"
printf 'said='; printf %s "$said" | base64 -w 0; echo
[ "$status" = 0 ] || exit 0
stat -f -c 'space=%S %b %a' "$folder"
file="$folder/.strata-probe-$(uname -n)-$$"
if said=$( (: > "$file" && chown 0:0 "$file") 2>&1); then echo 'write=0'; else echo 'write=1'; fi
printf 'writeSaid='; printf %s "$said" | base64 -w 0; echo
[ -e "$file" ] && stat -c 'owner=%u' "$file"
rm -f "$file"
exit 0`;

export async function probeNfs(shell: HostShell, server: string, path: string): Promise<NfsProbe> {
  const source = exportSource(checkServer(server), checkExportPath(path));
  const bare = server.replace(/^\[(.*)\]$/, '$1');
  const result = await shell.run({ argv: script(probeScript, bare, source), timeoutMs: probeMs, long: true });
  if (result.exitCode !== 0)
    throw new DriverError('bug', `the NFS probe ended with status ${result.exitCode}: ${result.stderr.trim().slice(0, 300)}`);
  return parseProbe(server, path, result.stdout);
}

/** The same look from the machine that this process runs on; mounting needs root. */
export function probeNfsLocally(server: string, path: string): Promise<NfsProbe> {
  return probeNfs(localShell, server, path);
}

export function parseProbe(server: string, path: string, output: string): NfsProbe {
  const values = new Map(output.split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
  const text = (key: string): string =>
    Buffer.from(values.get(key) ?? '', 'base64')
      .toString('utf8')
      .trim();
  const address = values.get('address');
  const [blockBytes, blocks, free] = (values.get('space') ?? '').split(' ').map(Number);
  const owner = values.get('owner');
  return {
    server,
    path,
    resolvedAddress: address ?? null,
    ports: address === undefined ? null : { portmapper111: portState(values.get('port111')), nfs2049: portState(values.get('port2049')) },
    exports: values.has('exports')
      ? text('exports')
          .split('\n')
          .map((line) => line.trim())
          .filter((line) => line !== '')
      : null,
    mount: values.has('mounted') ? mountOutcome(values.get('mounted') ?? '', text('said')) : null,
    mountOutput: text('said'),
    write: values.has('write') ? writeOutcome(values.get('write') ?? '', text('writeSaid')) : null,
    ownerUid: owner === undefined ? null : Number(owner),
    sizeBytes: blockBytes === undefined || blocks === undefined ? null : blockBytes * blocks,
    freeBytes: blockBytes === undefined || free === undefined ? null : blockBytes * free,
  };
}

function portState(value: string | undefined): 'open' | 'refused' | 'rejected' | 'silent' {
  return value === 'open' || value === 'refused' || value === 'rejected' ? value : 'silent';
}

function mountOutcome(status: string, said: string): NfsProbe['mount'] {
  if (status === '0') return 'ok';
  // How timeout(1) ends when it had to kill.
  if (status === '137') return 'timedOut';
  const failure = mountFailureOf(said);
  return failure === 'noClient' ? 'failed' : failure;
}

function writeOutcome(status: string, said: string): NfsProbe['write'] {
  if (status === '0') return 'ok';
  if (/read-only file system/i.test(said)) return 'readOnly';
  return /permission denied|operation not permitted/i.test(said) ? 'denied' : 'failed';
}
