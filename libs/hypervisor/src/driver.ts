// The contract that every hypervisor driver keeps; conformance/ is the same contract as tests.
import type { Duplex } from 'node:stream';
import type { AgentCommandName, AgentReply, AgentRequest, HostFacts, NfsProbe } from '@strata/domain';
import type {
  AgentAddress,
  BridgePort,
  ControlCard,
  DiskFacts,
  FileRef,
  GuestFilterReport,
  GuestFilterSpec,
  HostAddress,
  MachineName,
  MachinePlace,
  MachineReport,
  MachineSpec,
  MountFacts,
  MountSpec,
} from './specs.ts';

/**
 * Carries out; never decides and never reads the database. Every method is safe to repeat and throws only `DriverError`.
 * After a lost connection a method re-reads the outcome from the host before it tries again or gives up.
 */
export interface HypervisorDriver {
  /** Reads what the host is. Also the check before a host is added: what is missing shows as null or false in the facts. */
  inspectHost(host: HostAddress): Promise<HostFacts>;
  /** The cheap liveness probe: resolves when the host and its hypervisor answer. */
  pingHost(host: HostAddress): Promise<void>;
  /** The newest `maxBytes` of what the hypervisor's daemon has noted on the host, oldest line first; empty where it keeps nothing. */
  readHostLog(host: HostAddress, maxBytes: number): Promise<string>;
  /** Installs the management public key for the login user, so that no password is needed again. */
  installKey(host: HostAddress, publicKeyOpenSsh: string): Promise<void>;
  /** Takes back what preparation left on the host: management key and mounts that no machine uses. Unreachable hosts are left as they are. */
  releaseHost(host: HostAddress, publicKeyOpenSsh: string): Promise<void>;

  /** Machines the hypervisor knows, also foreign ones. */
  listMachines(host: HostAddress): Promise<MachineReport[]>;
  /** Already running under this name and uuid: fine. Mounts must be in place. */
  startMachine(host: HostAddress, spec: MachineSpec): Promise<void>;
  /** `graceful` asks the guest and waits up to `timeoutMs`, then throws `busy`; `forced` cuts the power. Not running: fine. */
  stopMachine(host: HostAddress, name: MachineName, how: 'graceful' | 'forced', timeoutMs: number): Promise<void>;
  /** Resets a running machine without ending its process. Throws `missing` when it does not run. */
  rebootMachine(host: HostAddress, name: MachineName): Promise<void>;
  /** Puts an ISO into the CD drive of a running machine, or takes out what is there. Throws `missing` when machine or file is not there. */
  changeMedia(host: HostAddress, name: MachineName, iso: FileRef | null): Promise<void>;
  /** Forgets a stopped machine with its serial log. Unknown machine: fine; running: `busy`. */
  removeMachine(host: HostAddress, name: MachineName): Promise<void>;
  /**
   * Moves a running machine to another host without stopping it; never do two copies run. It runs at the target already: fine, also when the
   * source does not answer any more. Mounts and bridges are made ready there. Throws `missing` when it runs on neither; after any other failure but `unreachable` it runs on at the source.
   */
  migrateMachine(source: HostAddress, target: HostAddress, spec: MachineSpec, timeoutMs: number): Promise<void>;
  /**
   * Ends a migration that was begun and tells where the machine is: one of the two at most runs it afterwards. None was begun: fine. A machine that
   * runs at the target is there, whether the source answers or not; only a source that does not answer while it does not run there is `unreachable`.
   */
  settleMigration(source: HostAddress, target: HostAddress, name: MachineName): Promise<MachinePlace>;
  /**
   * A stream to the machine's VNC server (RFB, from its first byte on), which asks for `consolePassword`; it ends with the machine.
   * Throws `missing` when the machine does not run there.
   */
  openConsole(host: HostAddress, name: MachineName): Promise<Duplex>;
  /** The newest `maxBytes` of the machine's serial console log; empty when it never wrote. */
  readSerialLog(host: HostAddress, name: MachineName, maxBytes: number): Promise<string>;

  readonly mounts: MountDriver;
  readonly disks: DiskDriver;
  readonly networks: NetworkDriver;
  readonly filters: FilterDriver;
  readonly agents: AgentDriver;

  /** Drops the warm connection of one host, or of all. */
  disconnect(hostKey?: string): Promise<void>;
}

export interface MountDriver {
  /** Mounts the export under a folder named by its uuid; already mounted: fine. */
  ensure(host: HostAddress, mount: MountSpec): Promise<MountFacts>;
  /** Not mounted: fine. In use: `busy`. */
  remove(host: HostAddress, mount: MountSpec): Promise<void>;
  list(host: HostAddress): Promise<MountSpec[]>;
  /** Reaches an export step by step from the host, read-only but for one file written and removed. Never throws for what it diagnoses. */
  probeNfs(host: HostAddress, server: string, path: string): Promise<NfsProbe>;
}

export interface DiskDriver {
  /** Creates `target` as a qcow2 layer over `backing` in the same mount; an equal one already there: fine. */
  createLinkedClone(host: HostAddress, target: FileRef, backing: FileRef, sizeBytes: number): Promise<void>;
  createEmpty(host: HostAddress, target: FileRef, sizeBytes: number): Promise<void>;
  /**
   * Copies a whole qcow2 file between mounts: written beside the target, verified by SHA-256, then renamed. Target complete: fine. `sha256` (hex)
   * is what the file was when it was checked: one that somebody has swapped since is `refused` (`checksumMismatch`).
   */
  copy(host: HostAddress, source: FileRef, target: FileRef, sha256?: string): Promise<void>;
  /**
   * Writes what a disk of any number of layers holds as one qcow2 file that needs no other, in the same or another mount: beside the target,
   * compared with the disk, then renamed. Target complete: fine. Throws `busy` while a machine of the host has the disk; that none
   * of another host has it is the caller's to know. Refuses disks of more than `maxBytes`, and layers that `inspect` refuses.
   */
  flatten(host: HostAddress, source: FileRef, target: FileRef, maxBytes: number): Promise<void>;
  /** Streams a local file of the management server into a mount, verified by SHA-256 (hex), then renamed. */
  upload(host: HostAddress, localPath: string, target: FileRef, sha256: string): Promise<void>;
  /** Throws `missing`; refuses images with external data files, backing files outside their mount or encryption (`unsafeImage`). */
  inspect(host: HostAddress, file: FileRef): Promise<DiskFacts>;
  /** Absent: fine. */
  remove(host: HostAddress, file: FileRef): Promise<void>;
  /** All regular files below a folder of the mount, relative to the mount's root, with their allocated size. */
  list(host: HostAddress, mount: MountSpec, folder: string): Promise<{ path: string; allocatedBytes: number }[]>;
}

export interface NetworkDriver {
  /** Makes sure the guest bridge exists and keeps its MAC address; pins it where it floats. Throws `missing` when there is no such bridge. */
  ensureBridge(host: HostAddress, bridge: string): Promise<void>;
  /**
   * Makes the control network of the host, `controlBridge`: the host reaches its system machines on it, they reach nothing. There already: fine.
   * Cards with a tap say nothing there until they were named here once; each speaks for its own addresses only. Others keep what they have.
   */
  ensureControlBridge(host: HostAddress, cards: readonly ControlCard[]): Promise<void>;
}

/**
 * What passes at guests' cards. An interface that is named like a guest's lets nothing pass until its filter is loaded, so filters are applied
 * before machines start.
 */
export interface FilterDriver {
  /** Replaces the filters of these cards in one step: at no moment neither the old nor the new ones hold. Throws `missing` for a bridge that is not there. */
  apply(host: HostAddress, filters: readonly GuestFilterSpec[]): Promise<void>;
  /** Takes the filters of all interfaces whose names begin so. None there: fine. */
  remove(host: HostAddress, tapPrefix: string): Promise<void>;
  /** The filters that are loaded, by interface. */
  list(host: HostAddress): Promise<GuestFilterReport[]>;
  /** What is plugged into the bridges of the host. */
  listPorts(host: HostAddress): Promise<BridgePort[]>;
}

/** The agents in system machines, reached over the control network of their host. */
export interface AgentDriver {
  /** The host key that the machine shows (SHA-256, base64 without padding). Throws `unreachable` until it has booted. */
  identify(host: HostAddress, agent: AgentAddress): Promise<string>;
  /** One command and its reply. A refusal of the agent becomes `refused`, `missing`, `busy` or `bug` with its own message. */
  call<C extends AgentCommandName>(
    host: HostAddress,
    agent: AgentAddress,
    command: C,
    request: AgentRequest<C>,
    timeoutMs?: number,
  ): Promise<AgentReply<C>>;
  /** Takes the streams that the agent opens to the management server, until closed or the connection is lost (then `onEnd`). */
  listen(host: HostAddress, agent: AgentAddress, onStream: (stream: Duplex) => void, onEnd: () => void): Promise<{ close(): void }>;
}
