// The KVM driver: hosts with libvirt and QEMU, reached over SSH. Each method hands its work to the topic's file.
import type { Duplex } from 'node:stream';
import type { HostFacts, NfsProbe } from '@strata/domain';
import { DriverError } from '../driver-error.ts';
import type { DiskDriver, FilterDriver, HypervisorDriver, MountDriver, NetworkDriver } from '../driver.ts';
import type { FileRef, HostAddress, MachineName, MachinePlace, MachineReport, MachineSpec } from '../specs.ts';
import { KvmAgents } from './agents/kvm-agents.ts';
import * as disks from './disk/disks.ts';
import { flattenDisk } from './disk/flatten.ts';
import { installKey, removeKey } from './host/authorized-key.ts';
import { readHostLog } from './host/host-log.ts';
import { inspectHost } from './host/inspect-host.ts';
import { openConsole } from './libvirt/display.ts';
import { checkMachineName } from './host-strings.ts';
import * as machines from './libvirt/machines.ts';
import { ensureBridge } from './network/bridges.ts';
import { ensureControlBridge } from './network/control-bridge.ts';
import * as filters from './network/guest-filters.ts';
import { hasArrived, settle } from './migration/machine-place.ts';
import { migrateMachine } from './migration/migrate-machine.ts';
import { ensureMount, listMounts, removeMount } from './nfs/mounts.ts';
import { probeNfs } from './nfs/probe-nfs.ts';
import type { HostShell } from './ssh/host-shell.ts';
import { SshPool } from './ssh/ssh-pool.ts';

export class KvmDriver implements HypervisorDriver {
  private readonly pool = new SshPool();
  private readonly now: () => number;

  /** `now` is the clock that hosts are compared with, in milliseconds since 1970. */
  constructor(now: () => number = Date.now) {
    this.now = now;
  }

  inspectHost(host: HostAddress): Promise<HostFacts> {
    return this.pool.use(host, (shell) => inspectHost(shell, shell.hostKeySha256, this.now));
  }

  pingHost(host: HostAddress): Promise<void> {
    return this.pool.use(host, machines.pingLibvirt);
  }

  readHostLog(host: HostAddress, maxBytes: number): Promise<string> {
    return this.pool.use(host, (shell) => readHostLog(shell, maxBytes));
  }

  installKey(host: HostAddress, publicKeyOpenSsh: string): Promise<void> {
    return this.pool.use(host, (shell) => installKey(shell, host.username, publicKeyOpenSsh));
  }

  async releaseHost(host: HostAddress, publicKeyOpenSsh: string): Promise<void> {
    try {
      await this.pool.use(host, async (shell) => {
        for (const mount of await listMounts(shell)) await removeMount(shell, mount).catch(unlessBusy);
        await removeKey(shell, host.username, publicKeyOpenSsh);
      });
    } catch (error) {
      if (!(error instanceof DriverError) || error.kind !== 'unreachable') throw error;
    }
    await this.pool.disconnect(host.key);
  }

  listMachines(host: HostAddress): Promise<MachineReport[]> {
    return this.pool.use(host, machines.listMachines);
  }

  startMachine(host: HostAddress, spec: MachineSpec): Promise<void> {
    return this.pool.use(host, (shell) => machines.startMachine(shell, spec));
  }

  stopMachine(host: HostAddress, name: MachineName, how: 'graceful' | 'forced', timeoutMs: number): Promise<void> {
    return this.pool.use(host, (shell) => machines.stopMachine(shell, name, how, timeoutMs));
  }

  rebootMachine(host: HostAddress, name: MachineName): Promise<void> {
    return this.pool.use(host, (shell) => machines.rebootMachine(shell, name));
  }

  changeMedia(host: HostAddress, name: MachineName, iso: FileRef | null): Promise<void> {
    return this.pool.use(host, (shell) => machines.changeMedia(shell, name, iso));
  }

  removeMachine(host: HostAddress, name: MachineName): Promise<void> {
    return this.pool.use(host, (shell) => machines.removeMachine(shell, name));
  }

  migrateMachine(from: HostAddress, to: HostAddress, spec: MachineSpec, timeoutMs: number): Promise<void> {
    return this.orArrived(
      to,
      spec.name,
      this.onBoth(from, to, (source, target) => migrateMachine({ source, target, from, to }, spec, timeoutMs)),
      undefined,
    );
  }

  settleMigration(from: HostAddress, to: HostAddress, name: MachineName): Promise<MachinePlace> {
    return this.orArrived(
      to,
      name,
      this.onBoth(from, to, (source, target) => settle(source, target, checkMachineName(name))),
      'target',
    );
  }

  openConsole(host: HostAddress, name: MachineName): Promise<Duplex> {
    return this.pool.use(host, (shell) => openConsole(shell, name));
  }

  readSerialLog(host: HostAddress, name: MachineName, maxBytes: number): Promise<string> {
    return this.pool.use(host, (shell) => machines.readSerialLog(shell, name, maxBytes));
  }

  readonly agents = new KvmAgents(this.pool);

  readonly mounts: MountDriver = {
    ensure: (host, mount) => this.pool.use(host, (shell) => ensureMount(shell, mount)),
    remove: (host, mount) => this.pool.use(host, (shell) => removeMount(shell, mount)),
    list: (host) => this.pool.use(host, listMounts),
    probeNfs: (host, server, path): Promise<NfsProbe> => this.pool.use(host, (shell) => probeNfs(shell, server, path)),
  };

  readonly disks: DiskDriver = {
    createLinkedClone: (host, target, backing, sizeBytes) =>
      this.pool.use(host, (shell) => disks.createLinkedClone(shell, target, backing, sizeBytes)),
    createEmpty: (host, target, sizeBytes) => this.pool.use(host, (shell) => disks.createEmptyDisk(shell, target, sizeBytes)),
    copy: (host, source, target, sha256) => this.pool.use(host, (shell) => disks.copyDisk(shell, source, target, sha256)),
    flatten: (host, source, target, maxBytes) => this.pool.use(host, (shell) => flattenDisk(shell, source, target, maxBytes)),
    upload: (host, localPath, target, sha256) => this.pool.use(host, (shell) => disks.uploadDisk(shell, localPath, target, sha256)),
    inspect: (host, file) => this.pool.use(host, (shell) => disks.inspectDisk(shell, file)),
    remove: (host, file) => this.pool.use(host, (shell) => disks.removeDisk(shell, file)),
    list: (host, mount, folder) => this.pool.use(host, (shell) => disks.listDisks(shell, mount, folder)),
  };

  readonly filters: FilterDriver = {
    apply: (host, specs) => this.pool.use(host, (shell) => filters.applyGuestFilters(shell, specs)),
    remove: (host, tapPrefix) => this.pool.use(host, (shell) => filters.removeGuestFilters(shell, tapPrefix)),
    list: (host) => this.pool.use(host, filters.listGuestFilters),
    listPorts: (host) => this.pool.use(host, filters.listBridgePorts),
  };

  readonly networks: NetworkDriver = {
    ensureBridge: (host, bridge) => this.pool.use(host, (shell) => ensureBridge(shell, bridge)),
    ensureControlBridge: (host, cards) => this.pool.use(host, (shell) => ensureControlBridge(shell, cards)),
  };

  private onBoth<T>(from: HostAddress, to: HostAddress, work: (source: HostShell, target: HostShell) => Promise<T>): Promise<T> {
    return this.pool.use(from, (source) => this.pool.use(to, (target) => work(source, target)));
  }

  /** What was to be done with both hosts has its outcome without the source, when the machine has left it. */
  private async orArrived<T>(to: HostAddress, name: MachineName, work: Promise<T>, outcome: T): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (!(error instanceof DriverError) || error.kind !== 'unreachable') throw error;
      const arrived = await this.pool.use(to, (target) => hasArrived(target, checkMachineName(name))).catch(() => false);
      if (!arrived) throw error;
      return outcome;
    }
  }

  disconnect(hostKey?: string): Promise<void> {
    if (hostKey === undefined) this.agents.disconnect();
    return this.pool.disconnect(hostKey);
  }
}

/** A mount in use belongs to a machine that still runs. */
function unlessBusy(error: unknown): void {
  if (!(error instanceof DriverError) || error.kind !== 'busy') throw error;
}
