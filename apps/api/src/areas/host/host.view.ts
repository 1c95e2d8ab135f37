// The host as answers show it, and how its rows are read. Secondary storage is a kind of host for older clients.
import { promisable, promisableMemory } from '@strata/domain';
import { source } from '../../kernel/command/source.ts';
import { field, view } from '../../kernel/command/view.ts';
import type { Settings } from '../../kernel/settings/settings.ts';
import { wireVersion } from '../../kernel/wire/version.ts';
import { cpuOverprovisioningFactor, hostReservedMemory, memoryOverprovisioningFactor } from '../capacity/overcommit.settings.ts';

export interface HostRow {
  readonly id: number;
  readonly uuid: string;
  readonly name: string;
  readonly type: 'Routing' | 'SecondaryStorage';
  readonly state: string;
  readonly resourceState: string;
  readonly stateReason: string;
  readonly resourceReason: string;
  readonly zoneUuid: string;
  readonly zoneName: string;
  readonly podUuid: string | null;
  readonly podName: string | null;
  readonly clusterId: number | null;
  readonly clusterUuid: string | null;
  readonly clusterName: string | null;
  readonly clusterType: string | null;
  readonly hypervisor: string | null;
  readonly address: string;
  readonly port: number | null;
  readonly username: string | null;
  readonly arch: string | null;
  readonly osName: string | null;
  readonly cpuModel: string | null;
  readonly cpuSockets: number | null;
  readonly libvirtVersion: string | null;
  readonly qemuVersion: string | null;
  readonly virtualisation: 'hardware' | 'emulated' | null;
  readonly guestBridge: string | null;
  readonly hostKeySha256: string | null;
  readonly tags: string | null;
  readonly created: Date;
  readonly disconnectedAt: Date | null;
  readonly cpuCores: number | null;
  readonly cpuMhz: number | null;
  readonly memoryMib: number | null;
  readonly reservedCpuMhz: number | null;
  readonly reservedMemoryMib: number | null;
  readonly totalBytes: number | null;
  readonly usedBytes: number | null;
  /** From settings: withFactors() fills them in. */
  cpuFactor?: number;
  memoryFactor?: number;
  /** MiB kept for the host itself. */
  ownMemoryMib?: number;
  /** Whether it can take the machine that was asked about, and if not, why. */
  target?: { readonly refusal: string | null; readonly hasRoom: boolean };
  /** Guests and system machines that hold room on it. */
  readonly machinesLeft: number | null;
}

export const hostSource = source<HostRow>({
  from: 'host h',
  joins: [
    'JOIN zone z ON z.id = h.zone_id',
    'JOIN pod p ON p.id = h.pod_id',
    'JOIN cluster c ON c.id = h.cluster_id',
    'LEFT JOIN host_capacity cap ON cap.host_id = h.id',
  ],
  columns: {
    id: 'h.id',
    uuid: 'h.uuid',
    name: 'h.name',
    type: "'Routing'",
    state: 'h.state',
    resourceState: 'h.resource_state',
    stateReason: 'h.state_reason',
    resourceReason: 'h.resource_reason',
    machinesLeft:
      "IF(h.resource_state = 'PrepareForMaintenance', (SELECT COUNT(*) FROM virtual_machine l WHERE l.host_id = h.id) + (SELECT COUNT(*) FROM system_vm l WHERE l.host_id = h.id), NULL)",
    zoneUuid: 'z.uuid',
    zoneName: 'z.name',
    podUuid: 'p.uuid',
    podName: 'p.name',
    clusterId: 'c.id',
    clusterUuid: 'c.uuid',
    clusterName: 'c.name',
    clusterType: 'c.cluster_type',
    hypervisor: 'h.hypervisor',
    address: 'h.address',
    port: 'h.port',
    username: 'h.username',
    arch: 'h.arch',
    osName: 'h.os_name',
    cpuModel: 'h.cpu_model',
    cpuSockets: 'h.cpu_sockets',
    libvirtVersion: 'h.libvirt_version',
    qemuVersion: 'h.qemu_version',
    virtualisation: 'h.virtualisation',
    guestBridge: 'h.guest_bridge',
    hostKeySha256: 'h.host_key_sha256',
    tags: 'h.tags',
    created: 'h.created',
    disconnectedAt: 'h.disconnected_at',
    cpuCores: 'cap.cpu_cores',
    cpuMhz: 'cap.cpu_mhz',
    memoryMib: 'cap.memory_mib',
    reservedCpuMhz: 'cap.reserved_cpu_mhz',
    reservedMemoryMib: 'cap.reserved_memory_mib',
  },
});

/** Image stores as hosts of type SecondaryStorage. */
export const secondaryStorageSource = source<HostRow>({
  from: 'image_store s',
  joins: ['JOIN zone z ON z.id = s.zone_id'],
  columns: {
    id: 's.id',
    uuid: 's.uuid',
    name: "CONCAT('nfs://', s.server, s.path)",
    type: "'SecondaryStorage'",
    state: "IF(s.ready, 'Up', 'Connecting')",
    resourceState: "'Enabled'",
    zoneUuid: 'z.uuid',
    zoneName: 'z.name',
    address: 's.server',
    created: 's.created',
    totalBytes: 's.total_bytes',
    usedBytes: 's.used_bytes',
  },
});

/** Adds the over-provisioning factors, and the host's own part, that hold in each host's cluster. */
export function withFactors(hosts: HostRow[], settings: Settings): HostRow[] {
  for (const host of hosts) {
    if (host.clusterId === null || host.clusterId === undefined) continue;
    host.cpuFactor = settings.get(cpuOverprovisioningFactor, { scope: 'cluster', id: host.clusterId });
    host.memoryFactor = settings.get(memoryOverprovisioningFactor, { scope: 'cluster', id: host.clusterId });
    host.ownMemoryMib = settings.get(hostReservedMemory, { scope: 'cluster', id: host.clusterId });
  }
  return hosts;
}

const mib = 2 ** 20;
const cpuTotal = (host: HostRow) => (host.cpuCores ?? 0) * (host.cpuMhz ?? 0);
/** As clients show it: `12.5%`. */
const percent = (part: number, whole: number) => `${whole > 0 ? Math.round((part / whole) * 10_000) / 100 : 0}%`;
const isHypervisor = (host: HostRow) => host.type === 'Routing';
const ofHypervisor =
  <T>(get: (host: HostRow) => T) =>
  (host: HostRow) =>
    isHypervisor(host) ? get(host) : undefined;

export const hostView = view<HostRow>('host', {
  id: field.string('the id of the host', (host) => host.uuid),
  name: field.string('its name', (host) => host.name),
  type: field.string('Routing: it runs machines; SecondaryStorage: it is an image store', (host) => host.type),
  state: field.string('whether it answers: Up, Connecting, Disconnected, Down, Alert', (host) => host.state),
  resourcestate: field.string(
    'whether it takes new machines: Enabled, Disabled, PrepareForMaintenance, Maintenance, ErrorInMaintenance',
    (host) => host.resourceState,
  ),
  annotation: field.string(
    'why it is in Alert, does not answer, could not be emptied or cannot take the machine asked about',
    annotationOf,
  ),
  zoneid: field.string('its zone', (host) => host.zoneUuid),
  zonename: field.string('the name of its zone', (host) => host.zoneName),
  podid: field.string('its pod', (host) => host.podUuid),
  podname: field.string('the name of its pod', (host) => host.podName),
  clusterid: field.string('its cluster', (host) => host.clusterUuid),
  clustername: field.string('the name of its cluster', (host) => host.clusterName),
  clustertype: field.string('who manages the hosts of its cluster', (host) => host.clusterType),
  hypervisor: field.string('its hypervisor', (host) => host.hypervisor),
  hypervisorversion: field.string('the version of QEMU on it', (host) => host.qemuVersion || undefined),
  ipaddress: field.string('by which address it is reached', (host) => host.address),
  username: field.string('the user that logs in to it', (host) => host.username),
  arch: field.string('its processor architecture', (host) => host.arch || undefined),
  version: field.string(
    'the version of the management software that serves it',
    ofHypervisor(() => wireVersion),
  ),
  capabilities: field.string(
    'hvm: hardware virtualisation; tcg: software emulation',
    ofHypervisor((host) => (host.virtualisation === 'emulated' ? 'tcg' : 'hvm')),
  ),
  created: field.date('when it was added', (host) => host.created),
  disconnected: field.date('since when it does not answer', (host) => host.disconnectedAt),
  hosttags: field.string('its tags, with commas between them', (host) => host.tags || undefined),
  explicithosttags: field.string('the tags given to it', (host) => host.tags || undefined),
  islocalstorageactive: field.boolean(
    'whether machines may have disks on it',
    ofHypervisor(() => false),
  ),
  cpusockets: field.integer('processors', (host) => host.cpuSockets || undefined),
  cpunumber: field.integer('processor cores', (host) => host.cpuCores),
  cpuspeed: field.long('speed of a core in MHz', (host) => host.cpuMhz),
  cpuwithoverprovisioning: field.string('MHz that may be promised', (host) =>
    host.cpuFactor === undefined ? undefined : String(promisable(cpuTotal(host), host.cpuFactor)),
  ),
  cpuallocated: field.string(
    'MHz promised, as a share of what there is',
    ofHypervisor((host) => percent(host.reservedCpuMhz ?? 0, cpuTotal(host))),
  ),
  cpuallocatedpercentage: field.string(
    'the same',
    ofHypervisor((host) => percent(host.reservedCpuMhz ?? 0, cpuTotal(host))),
  ),
  cpuallocatedvalue: field.long('MHz promised', (host) => host.reservedCpuMhz),
  cpuallocatedwithoverprovisioning: field.string('MHz promised, as a share of what may be promised', (host) =>
    host.cpuFactor === undefined ? undefined : percent(host.reservedCpuMhz ?? 0, promisable(cpuTotal(host), host.cpuFactor)),
  ),
  memorytotal: field.long('memory in bytes', (host) =>
    host.memoryMib === null || host.memoryMib === undefined ? undefined : host.memoryMib * mib,
  ),
  memorywithoverprovisioning: field.string('bytes of memory that may be promised: without what is kept for the host itself', (host) =>
    host.memoryFactor === undefined
      ? undefined
      : String(promisableMemory(host.memoryMib ?? 0, host.ownMemoryMib ?? 0, host.memoryFactor) * mib),
  ),
  memoryallocated: field.long(
    'bytes of memory promised',
    ofHypervisor((host) => (host.reservedMemoryMib ?? 0) * mib),
  ),
  memoryallocatedbytes: field.long(
    'the same',
    ofHypervisor((host) => (host.reservedMemoryMib ?? 0) * mib),
  ),
  memoryallocatedpercentage: field.string(
    'memory promised, as a share of what there is',
    ofHypervisor((host) => percent(host.reservedMemoryMib ?? 0, host.memoryMib ?? 0)),
  ),
  disksizetotal: field.long('size of the storage in bytes', (host) => host.totalBytes),
  disksizeallocated: field.long('bytes used of it', (host) => host.usedBytes),
  hasenoughcapacity: field.boolean('whether it has room for the machine asked about', (host) => host.target?.hasRoom),
  suitableformigration: field.boolean('whether that machine can move to it', (host) => host.target && host.target.refusal === null),
  details: field.map('what was found on the host', ofHypervisor(detailsOf)),
});

function annotationOf({ target, name, stateReason, resourceState, resourceReason, machinesLeft }: HostRow): string | undefined {
  if (target?.refusal) return `${name} ${target.refusal}`;
  if (stateReason) return stateReason;
  if (resourceState === 'PrepareForMaintenance') {
    if (Number(machinesLeft) === 0) return 'all machines have left it';
    return Number(machinesLeft) === 1 ? '1 machine is still to leave it' : `${machinesLeft} machines are still to leave it`;
  }
  return resourceReason || undefined;
}

function detailsOf(host: HostRow): Record<string, string> {
  const details: Record<string, string | null> = {
    'host.os': host.osName,
    'host.cpu.model': host.cpuModel,
    'host.key.sha256': host.hostKeySha256,
    'host.libvirt.version': host.libvirtVersion,
    'host.qemu.version': host.qemuVersion,
    'host.virtualisation': host.virtualisation,
    'guest.bridge': host.guestBridge,
    'ssh.port': host.port === null ? null : String(host.port),
  };
  return Object.fromEntries(Object.entries(details).filter((entry): entry is [string, string] => Boolean(entry[1])));
}
