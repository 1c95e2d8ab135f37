// What an inspection of a hypervisor host found: plain data, null where the host could not tell.

export interface HostFacts {
  /** What `hostname --fqdn` prints; null when the name does not resolve. */
  readonly fqdn: string | null;
  readonly hostname: string;
  /** As `uname -m` prints it: x86_64, aarch64 … */
  readonly arch: string;
  readonly osName: string;
  readonly cpuModel: string;
  readonly cpuCores: number;
  readonly cpuSockets: number;
  readonly cpuMhz: number;
  readonly memoryMib: number;
  /** Whether the login has root's rights, directly or by sudo without a password. */
  readonly isRoot: boolean;
  /** Dotted version, null when the libvirt daemon is missing or does not answer. */
  readonly libvirtVersion: string | null;
  readonly qemuVersion: string | null;
  /** The CPU flag and /dev/kvm are present and a probe guest started. */
  readonly hardwareVirtualisation: boolean;
  readonly bridges: readonly BridgeFacts[];
  /** Every machine libvirt knows, running or defined. */
  readonly machines: readonly { readonly name: string; readonly running: boolean }[];
  /** Host clock minus management server clock, corrected by half the round trip. */
  readonly clockOffsetMs: number;
  readonly timeSyncActive: boolean;
  readonly hasNfsClient: boolean;
  /** Whether the management interface got its address by DHCP; null when unknown. */
  readonly usesDhcp: boolean | null;
  /** `enforcing`, `permissive`, `disabled` or null where there is none. */
  readonly mandatoryAccessControl: string | null;
  /** SHA-256 of the SSH host key, base64 without padding as OpenSSH prints it. */
  readonly hostKeySha256: string;
}

export interface BridgeFacts {
  readonly name: string;
  /** Whether the address was set explicitly: otherwise the bridge follows the lowest MAC of its ports. */
  readonly macPinned: boolean;
  readonly ports: readonly string[];
}

/** What was seen while reaching an NFS export step by step; later fields are null when an earlier step failed. */
export interface NfsProbe {
  readonly server: string;
  readonly path: string;
  readonly resolvedAddress: string | null;
  /** Per port: answered, refused (RST), rejected (ICMP, errno 113) or silent. */
  readonly ports: Readonly<Record<'portmapper111' | 'nfs2049', 'open' | 'refused' | 'rejected' | 'silent'>> | null;
  /** Exported paths as `showmount -e` lists them, null when the mount protocol does not answer (NFSv4-only servers). */
  readonly exports: readonly string[] | null;
  readonly mount: 'ok' | 'denied' | 'missing' | 'refused' | 'timedOut' | 'failed' | null;
  readonly mountOutput: string;
  /** A file was created as root: `ok`, or how it failed. */
  readonly write: 'ok' | 'readOnly' | 'denied' | 'failed' | null;
  /** The owner of the created file as the host sees it: 0 proves no_root_squash, 65534 is nobody. */
  readonly ownerUid: number | null;
  readonly sizeBytes: number | null;
  readonly freeBytes: number | null;
}
