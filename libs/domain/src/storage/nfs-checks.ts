// What a probe of an NFS export says: each way to fail has its own cause and the command that cures it (CS-34 to CS-40).
import { check, type CheckResult } from '../check.ts';
import type { NfsProbe } from '../host/host-facts.ts';

export interface NfsCheckContext {
  /** The same export probed by an address the server is known by, when the probe by name failed (CS-38). */
  readonly byAddress?: NfsProbe | undefined;
  /** Networks of the hosts, such as `192.168.0.0/24`: the remedies export to them, else to everyone. */
  readonly clients?: readonly string[] | undefined;
  /** Less than this is amber. */
  readonly wantedFreeBytes: number;
}

const gib = 2 ** 30;

/** Stops at the first step that failed: later ones would only repeat it. */
export function nfsChecks(probe: NfsProbe, context: NfsCheckContext): CheckResult[] {
  const results: CheckResult[] = [];
  for (const step of [name, ports, exported, mounted, written, owned, space]) {
    const result = step(probe, context);
    if (!result) continue;
    results.push(result);
    if (result.level === 'red') break;
  }
  return results;
}

/** CS-38 */
function name(probe: NfsProbe, context: NfsCheckContext): CheckResult {
  const { green, red } = check('nfs.name', 'Name of the NFS server');
  const toHosts = (address: string) =>
    `on the host, as root: echo "${address} ${probe.server}" >> /etc/hosts; or use the address in the URL: nfs://${address}${probe.path}`;
  const address = probe.resolvedAddress;
  if (address === null)
    return red(
      `${probe.server} does not resolve`,
      `the host does not know the name ${probe.server}`,
      toHosts(context.byAddress?.server ?? '<its IP address>'),
    );
  const measured = address === probe.server ? address : `${probe.server} is ${address}`;
  const works = probe.mount === 'ok';
  if (!works && context.byAddress?.mount === 'ok' && context.byAddress.resolvedAddress !== address) {
    return red(
      `${measured}; the export works at ${context.byAddress.server}`,
      `the name ${probe.server} resolves to another address than the NFS server's: an entry in /etc/hosts or the DNS is missing or wrong`,
      toHosts(context.byAddress.server),
    );
  }
  if (!works && address !== probe.server && (address.startsWith('127.') || address === '::1')) {
    return red(
      measured,
      `the name ${probe.server} resolves to the host itself`,
      `correct the line of ${probe.server} in /etc/hosts to the NFS server's address`,
    );
  }
  return green(measured);
}

/** CS-35, CS-39, CS-40 */
function ports(probe: NfsProbe): CheckResult | undefined {
  if (!probe.ports) return undefined;
  const { green, amber, red } = check('nfs.ports', 'Ports of the NFS server');
  const { nfs2049, portmapper111 } = probe.ports;
  const measured = `2049 ${nfs2049}, 111 ${portmapper111}`;
  switch (nfs2049) {
    case 'refused':
      return red(
        measured,
        'connection refused (errno 111): the server answers, but its NFS service does not run',
        'on the NFS server: systemctl enable --now nfs-server, and check with: ss -ltn sport = :2049',
      );
    case 'rejected':
      return red(
        measured,
        'no route to host (errno 113): a firewall on the NFS server rejects the connection, often because its ACCEPT rule stands after a REJECT rule',
        'on the NFS server, as the first rule: iptables -I INPUT 1 -p tcp -m multiport --dports 111,2049 -j ACCEPT; keep it after a restart: iptables-save > /etc/iptables/rules.v4',
      );
    case 'silent':
      return red(
        measured,
        'no answer: a firewall drops the packets, or the server is down or not at this address',
        `from the host: ping ${probe.resolvedAddress ?? probe.server}; on the NFS server: iptables -I INPUT 1 -p tcp -m multiport --dports 111,2049 -j ACCEPT`,
      );
    case 'open':
      break;
  }
  if (portmapper111 === 'open' || probe.mount === 'ok') return green(measured);
  return amber(
    measured,
    'the portmapper does not answer: only NFSv4 mounts can work',
    'if the server offers NFSv3 only, on it: systemctl enable --now rpcbind; iptables -I INPUT 1 -p tcp -m multiport --dports 111,892,2049 -j ACCEPT',
  );
}

function exported(probe: NfsProbe, context: NfsCheckContext): CheckResult | undefined {
  if (probe.exports === null || probe.mount === 'ok') return undefined;
  const { green, red } = check('nfs.exported', 'Exported folders');
  const measured = probe.exports.length === 0 ? 'nothing is exported' : `exported: ${probe.exports.slice(0, 8).join(', ')}`;
  if (probe.exports.some((path) => path === '/' || path === probe.path || probe.path.startsWith(`${path}/`))) return green(measured);
  return red(
    measured,
    `${probe.path} is not among the exported folders`,
    `correct the path in the URL, or on the NFS server: mkdir -p ${probe.path}; ${exportCommand(probe, context)}`,
  );
}

/** CS-37, CS-40 */
function mounted(probe: NfsProbe, context: NfsCheckContext): CheckResult | undefined {
  if (probe.mount === null) return undefined;
  const { green, red } = check('nfs.mount', 'Mount');
  const output = probe.mountOutput.trim().split('\n').at(-1)?.slice(0, 200) ?? '';
  switch (probe.mount) {
    case 'ok':
      return green(`${probe.server}:${probe.path} was mounted`);
    case 'denied':
      return red(
        output || 'access denied',
        'access denied by the server: its export list does not hold this host, or it refuses clients on ports above 1023 ("illegal port" in its log)',
        `on the NFS server: ${exportCommand(probe, context)}; journalctl -u nfs-mountd -n 20 shows its log ("insecure" admits the high ports)`,
      );
    case 'missing':
      return red(
        output || 'no such file or directory',
        `the folder ${probe.path} does not exist on the NFS server`,
        `on the NFS server: mkdir -p ${probe.path}; ${exportCommand(probe, context)}`,
      );
    case 'refused':
      return red(
        output || 'connection refused',
        'connection refused (errno 111): the NFS or mount service does not run',
        'on the NFS server: systemctl enable --now rpcbind nfs-server',
      );
    case 'timedOut':
      return red(
        output || 'timed out',
        'the mount got no answer: a firewall drops its packets, probably those of the mount service',
        'on the NFS server: iptables -I INPUT 1 -p tcp -m multiport --dports 111,662,875,892,2049,32803 -j ACCEPT; iptables -I INPUT 1 -p udp -m multiport --dports 111,662,875,892,32769 -j ACCEPT',
      );
    case 'failed':
      return red(
        output || 'failed',
        'the mount failed for another reason',
        `try it by hand on the host: mount -v -t nfs ${probe.server}:${probe.path} /mnt`,
      );
  }
}

/** CS-34 */
function written(probe: NfsProbe, context: NfsCheckContext): CheckResult | undefined {
  if (probe.write === null) return undefined;
  const { green, red } = check('nfs.write', 'Write as root');
  switch (probe.write) {
    case 'ok':
      return green('a file was created and removed');
    case 'readOnly':
      return red(
        'read-only file system',
        'the export is read-only',
        `on the NFS server, to export it with rw: ${exportCommand(probe, context)}`,
      );
    case 'denied':
      return red(
        'permission denied',
        'root of the host may not write: the export has root_squash, which makes root to nobody',
        `on the NFS server: ${exportCommand(probe, context)}; chown root:root ${probe.path}`,
      );
    case 'failed':
      return red(
        'writing failed',
        'a file could not be written, for instance because the storage is full or damaged',
        `on the NFS server: df -h ${probe.path}; df -i ${probe.path}; journalctl -k -n 50`,
      );
  }
}

/** CS-34, CS-36 */
function owned(probe: NfsProbe, context: NfsCheckContext): CheckResult | undefined {
  if (probe.ownerUid === null) return undefined;
  const { green, red } = check('nfs.owner', 'Owner of files of root');
  const measured = `uid ${probe.ownerUid}`;
  if (probe.ownerUid === 0) return green(measured);
  const squash = `on the NFS server: ${exportCommand(probe, context)}`;
  if (probe.ownerUid === 65_534)
    return red(
      `${measured} (nobody)`,
      'a file written by root belongs to nobody: the export has root_squash',
      `${squash}. If it has no_root_squash already, the NFSv4 id mapping differs: the Domain line in /etc/idmapd.conf must be the same on server and hosts, then: nfsidmap -c`,
    );
  if (probe.ownerUid >= 4_294_967_294)
    return red(
      `${measured} (no such user)`,
      'owners cannot be mapped: the NFSv4 id mapping domain differs between server and host',
      'make the Domain line in /etc/idmapd.conf the same on server and hosts, then on the host: nfsidmap -c',
    );
  return red(measured, `a file written by root belongs to user ${probe.ownerUid}: the export maps users (all_squash or anonuid)`, squash);
}

/** CS-24 */
function space(probe: NfsProbe, context: NfsCheckContext): CheckResult | undefined {
  if (probe.freeBytes === null || probe.sizeBytes === null) return undefined;
  const { green, amber, red } = check('nfs.space', 'Free space');
  const measured = `${(probe.freeBytes / gib).toFixed(1)} GiB free of ${(probe.sizeBytes / gib).toFixed(1)} GiB`;
  const remedy = `make room on the NFS server or give ${probe.path} a larger disk: df -h ${probe.path}`;
  if (probe.freeBytes === 0) return red(measured, 'the storage is full', remedy);
  if (probe.freeBytes < context.wantedFreeBytes)
    return amber(measured, `less than ${(context.wantedFreeBytes / gib).toFixed(1)} GiB are free`, remedy);
  return green(measured);
}

/** To be pasted in a shell of the NFS server: replaces the folder's line, keeps the old file as /etc/exports.bak. */
function exportCommand({ path }: NfsProbe, { clients = [] }: NfsCheckContext): string {
  const options = '(rw,async,no_root_squash,no_subtree_check,insecure)';
  const line = [path, ...(clients.length > 0 ? clients : ['*']).map((client) => `${client}${options}`)].join(' ');
  const pattern = path.replaceAll('.', '\\.');
  return `sed -i.bak '\\|^${pattern}[[:space:]]|d' /etc/exports; echo "${line}" >> /etc/exports; exportfs -ra`;
}
