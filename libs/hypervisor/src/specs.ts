// The plain data that drivers take and give. Units are in the names; paths on hosts never appear, only mounts and files in them.
import type { GuestFilter } from '@strata/domain';

/** Where a host is and how to log in. Equal `key` means the same warm connection. */
export interface HostAddress {
  /** Stable identity of the host, its uuid once it has one. */
  readonly key: string;
  readonly address: string;
  readonly port: number;
  readonly username: string;
  readonly credential: { readonly kind: 'password'; readonly password: string } | { readonly kind: 'key'; readonly privateKeyPem: string };
  /** SHA-256 of the pinned host key (base64, no padding); null only while the host is being added. */
  readonly hostKeySha256: string | null;
}

/** A network file system that a host mounts under its own folder, named by uuid. */
export interface MountSpec {
  readonly uuid: string;
  readonly server: string;
  /** Absolute path of the export. */
  readonly path: string;
}

/** A file inside a mount, by its path relative to the mount's root: no leading slash, no `..`. */
export interface FileRef {
  readonly mount: MountSpec;
  readonly path: string;
}

export type DiskFormat = 'qcow2' | 'raw';

export interface DiskFacts {
  readonly format: DiskFormat;
  readonly virtualSizeBytes: number;
  readonly allocatedBytes: number;
  /** The backing file relative to the same mount, undefined where there is none. */
  readonly backingPath?: string;
}

export interface MountFacts {
  readonly totalBytes: number;
  readonly usedBytes: number;
}

/** Letters, digits, dot, underscore and dash, at most 64: what libvirt and file systems take alike. */
export type MachineName = string;

export interface MachineDiskSpec {
  readonly file: FileRef;
  readonly format: DiskFormat;
  /** Position on the bus: 0 is the boot disk. */
  readonly deviceId: number;
}

export interface MachineNicSpec {
  readonly mac: string;
  readonly bridge: string;
  /** Position on the bus: 0 is the default NIC. */
  readonly deviceId: number;
  /** Its interface on the host; the host chooses where left out, and then nothing filters it. */
  readonly tap?: string;
  /** Sees the host and none of the other isolated cards on its bridge. */
  readonly isolated?: boolean;
}

/** What a host lets through at a guest's card. */
export interface GuestFilterSpec extends GuestFilter {
  readonly bridge: string;
}

export interface GuestFilterReport {
  readonly tap: string;
  /** `guestFilterDigest()` of what was applied; undefined where the rules were changed since by somebody else. */
  readonly digest: string | undefined;
}

/** A port of a bridge. */
export interface BridgePort {
  readonly bridge: string;
  /** The interface, for example a guest's tap. */
  readonly port: string;
}

/** The bridge of every host's control network, and the prefix length of its link-local subnet 169.254.0.0. */
export const controlBridge = 'cloud0';
export const controlPrefixLength = 16;

/** What a system machine's card on the control network may say about itself. */
export interface ControlCard {
  /** `controlTapName()` of the domain. */
  readonly tap: string;
  readonly mac: string;
  /** Link-local IPv4. */
  readonly ip: string;
}

export interface MachineSpec {
  readonly name: MachineName;
  readonly uuid: string;
  readonly cpuCount: number;
  /** Share of CPU time relative to other machines, in MHz. */
  readonly cpuMhz: number;
  readonly memoryMib: number;
  /** `emulated` runs under QEMU's TCG. */
  readonly virtualisation: 'hardware' | 'emulated';
  readonly disks: readonly MachineDiskSpec[];
  readonly nics: readonly MachineNicSpec[];
  /** The ISO in its CD drive; null is an empty drive, none at all where left out. */
  readonly cdrom?: FileRef | null;
  /** Text that the guest reads from its firmware when it boots: for system machines. No secrets. */
  readonly bootData?: string;
  /** Asked of whoever opens the display, which listens on the host's loopback only: 8 letters and digits. */
  readonly consolePassword?: string;
}

/** How to reach the agent of a system machine, through the host that it runs on. */
export interface AgentAddress {
  /** Equal keys share a warm connection: the machine's uuid. */
  readonly key: string;
  /** Link-local IPv4 on the control network of its host. */
  readonly controlIp: string;
  readonly privateKeyPem: string;
  /** SHA-256 of the pinned host key of the machine (base64, no padding); null at the first contact. */
  readonly hostKeySha256: string | null;
}

/** Where a machine is after it was to move between two hosts. */
export type MachinePlace = 'source' | 'target' | 'neither';

export type PowerState = 'running' | 'paused' | 'stopped';

export interface MachineReport {
  readonly name: MachineName;
  readonly uuid: string;
  readonly power: PowerState;
}
