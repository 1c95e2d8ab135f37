// The driver of simulated hosts: keeps the same contract as the KVM driver, with a fleet in memory instead of SSH.
import type { Duplex } from 'node:stream';
import type { HostFacts } from '@strata/domain';
import { DriverError } from '../driver-error.ts';
import type { HypervisorDriver, NetworkDriver } from '../driver.ts';
import { checkBridge, checkControlTap, checkMac, checkMachineName, checkRelativePath, checkUuid } from '../kvm/host-strings.ts';
import {
  type ControlCard,
  controlBridge,
  type FileRef,
  type HostAddress,
  type MachineName,
  type MachinePlace,
  type MachineReport,
  type MachineSpec,
} from '../specs.ts';
import { SimulatedAgents } from './agents/simulated-agents.ts';
import type { SimulatedFile } from './fleet-state.ts';
import { bridgesOf, factsOf } from './host-facts.ts';
import { checkMounted, safeFacts, SimulatedDisks } from './simulated-disks.ts';
import { SimulatedFilters } from './simulated-filters.ts';
import type { SimulatedFleet } from './simulated-fleet.ts';
import type { SimulatedHost, SimulatedMachine } from './simulated-host.ts';
import { connectViewer } from './simulated-display.ts';
import { SimulatedMounts } from './simulated-mounts.ts';
import { publicKeyWithoutComment, SimulatedSession } from './simulated-session.ts';

export class SimulatorDriver implements HypervisorDriver {
  readonly mounts: SimulatedMounts;
  readonly disks: SimulatedDisks;
  readonly networks: NetworkDriver;
  readonly filters: SimulatedFilters;
  readonly agents: SimulatedAgents;
  readonly #fleet: SimulatedFleet;
  readonly #session: SimulatedSession;

  constructor(fleet: SimulatedFleet) {
    this.#fleet = fleet;
    this.#session = new SimulatedSession(fleet);
    this.mounts = new SimulatedMounts(this.#session);
    this.disks = new SimulatedDisks(this.#session);
    this.agents = new SimulatedAgents(this.#session);
    this.filters = new SimulatedFilters(this.#session);
    this.networks = {
      ensureBridge: (at, bridge) => this.#ensureBridge(at, bridge),
      ensureControlBridge: (at, cards) => this.#ensureControlBridge(at, cards),
    };
  }

  async inspectHost(at: HostAddress): Promise<HostFacts> {
    return this.#session.call(at, 'inspectHost', factsOf);
  }

  async pingHost(at: HostAddress): Promise<void> {
    await this.#session.call(at, 'pingHost', checkHypervisor);
  }

  async readHostLog(at: HostAddress, maxBytes: number): Promise<string> {
    return this.#session.call(at, 'readHostLog', (host) => {
      const lines = [...(host.machines?.values() ?? [])].map(({ name, power }) => `info : machine ${name} is ${power}\n`);
      return [`info : libvirt version: 9.0.0 (simulated) on ${host.address}\n`, ...lines].join('').slice(-maxBytes);
    });
  }

  async installKey(at: HostAddress, publicKeyOpenSsh: string): Promise<void> {
    const key = publicKeyWithoutComment(publicKeyOpenSsh);
    await this.#session.call(at, 'installKey', (host) => {
      if (!host.keys?.includes(key)) this.#fleet.change({ do: 'installKey', host: host.address, key });
    });
  }

  async releaseHost(at: HostAddress, publicKeyOpenSsh: string): Promise<void> {
    const key = publicKeyWithoutComment(publicKeyOpenSsh);
    const release = this.#session.call(at, 'releaseHost', (host) => {
      for (const { uuid } of host.mounts ?? []) {
        const isUsed = [...(host.machines?.values() ?? [])].some((machine) => machine.uses(uuid));
        if (!isUsed) this.#fleet.change({ do: 'unmount', host: host.address, uuid });
      }
      if (host.keys?.includes(key)) this.#fleet.change({ do: 'removeKey', host: host.address, key });
    });
    await release.catch((error: unknown) => {
      if (!(error instanceof DriverError) || error.kind !== 'unreachable') throw error;
    });
  }

  async listMachines(at: HostAddress): Promise<MachineReport[]> {
    return this.#session.call(at, 'listMachines', (host) => {
      checkHypervisor(host);
      const reports: MachineReport[] = [];
      for (const machine of host.machines?.values() ?? []) {
        if (machine.isListed) reports.push({ name: machine.name, uuid: machine.uuid, power: machine.power });
      }
      return reports;
    });
  }

  async startMachine(at: HostAddress, spec: MachineSpec): Promise<void> {
    checkMachine(spec);
    await this.#session.call(at, 'startMachine', (host) => {
      checkHypervisor(host);
      const known = host.machines?.get(spec.name);
      if (known !== undefined && known.uuid !== spec.uuid && known.isListed) {
        throw new DriverError('refused', `${spec.name} is the name of another machine on ${at.address}`);
      }
      if (known?.uuid === spec.uuid && known.power === 'running') return;
      if (spec.virtualisation === 'hardware' && host.profile.traits.has('novt')) {
        throw new DriverError('unsupported', `${at.address} has no hardware virtualisation`);
      }
      for (const { bridge } of spec.nics) checkPlug(host, bridge);
      for (const disk of spec.disks) this.#checkDisk(host, disk, known);
      if (spec.cdrom) this.#checkMedium(host, spec.cdrom);
      this.#fleet.change({
        do: 'start',
        host: host.address,
        name: spec.name,
        uuid: spec.uuid,
        taps: spec.nics.flatMap(({ tap, bridge }) => (tap === undefined ? [] : [[tap, bridge] as const])),
        disks: spec.disks.map(({ file }) => [file.mount.uuid, file.path] as const),
        ...(spec.cdrom !== undefined && { cdrom: mediumOf(spec.cdrom) }),
        ...(spec.consolePassword !== undefined && { consolePassword: spec.consolePassword }),
        ...(spec.bootData !== undefined && { bootData: spec.bootData }),
        ...(known?.isForeign === true && { foreign: true }),
      });
    });
  }

  async stopMachine(at: HostAddress, name: MachineName, how: 'graceful' | 'forced', _timeoutMs: number): Promise<void> {
    checkMachineName(name);
    await this.#session.call(at, 'stopMachine', (host) => {
      checkHypervisor(host);
      const power = host.machines?.get(name)?.power ?? 'stopped';
      if (power === 'stopped') return;
      if (power === 'paused' && how === 'graceful') throw new DriverError('busy', `${name} is paused and does not hear the power button`);
      this.#fleet.change({ do: 'stop', host: host.address, name });
    });
  }

  async migrateMachine(from: HostAddress, to: HostAddress, spec: MachineSpec, _timeoutMs: number): Promise<void> {
    checkMachine(spec);
    const moving = this.#session.call(from, 'migrateMachine', (source) =>
      this.#session.call(to, 'receiveMachine', async (target) => {
        checkHypervisor(source);
        checkHypervisor(target);
        const place = placeOf(source, target, spec.name);
        if (place === 'neither') throw new DriverError('missing', `machine ${spec.name} runs on neither host`);
        if (place === 'target') return;
        if (spec.virtualisation === 'hardware' && target.profile.traits.has('novt')) {
          throw new DriverError('unsupported', `${to.address} has no hardware virtualisation`);
        }
        const files = [...spec.disks.map(({ file }) => file), ...(spec.cdrom ? [spec.cdrom] : [])];
        for (const { mount } of files) await this.mounts.ensure(to, mount);
        for (const { bridge } of spec.nics) checkPlug(target, bridge);
        for (const disk of spec.disks) this.#checkDisk(target, disk, source.machines?.get(spec.name));
        this.#fleet.change({ do: 'migrate', host: source.address, name: spec.name, to: target.address });
      }),
    );
    await this.#orArrived(to, spec.name, moving, undefined);
  }

  async settleMigration(from: HostAddress, to: HostAddress, name: MachineName): Promise<MachinePlace> {
    checkMachineName(name);
    const settling = this.#session.call(from, 'settleMigration', (source) =>
      this.#session.call(to, 'settleMigration', (target) => placeOf(source, target, name)),
    );
    return this.#orArrived(to, name, settling, 'target');
  }

  /** What was to be done with both hosts has its outcome without the source, when the machine has left it. */
  async #orArrived<T>(to: HostAddress, name: MachineName, work: Promise<T>, outcome: T): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (!(error instanceof DriverError) || error.kind !== 'unreachable') throw error;
      const look = this.#session.call(to, 'settleMigration', (target) => runsOn(target, name));
      if (!(await look.catch(() => false))) throw error;
      return outcome;
    }
  }

  async rebootMachine(at: HostAddress, name: MachineName): Promise<void> {
    checkMachineName(name);
    await this.#session.call(at, 'rebootMachine', (host) => {
      checkHypervisor(host);
      if ((host.machines?.get(name)?.power ?? 'stopped') === 'stopped')
        throw new DriverError('missing', `${name} does not run on ${at.address}`);
      this.#fleet.change({ do: 'reboot', host: host.address, name });
    });
  }

  async changeMedia(at: HostAddress, name: MachineName, iso: FileRef | null): Promise<void> {
    checkMachineName(name);
    if (iso) checkIso(iso);
    await this.#session.call(at, 'changeMedia', (host) => {
      checkHypervisor(host);
      const machine = host.machines?.get(name);
      if (machine === undefined || machine.power === 'stopped') throw new DriverError('missing', `${name} does not run on ${at.address}`);
      if (machine.cdrom === undefined) throw new DriverError('refused', `${name} has no CD drive`);
      if (iso) this.#checkMedium(host, iso);
      const [mountUuid, path] = machine.cdrom ?? [];
      if (mountUuid === iso?.mount.uuid && path === iso?.path) return;
      this.#fleet.change({ do: 'media', host: host.address, name, cdrom: mediumOf(iso) });
    });
  }

  async removeMachine(at: HostAddress, name: MachineName): Promise<void> {
    checkMachineName(name);
    await this.#session.call(at, 'removeMachine', (host) => {
      const machine = host.machines?.get(name);
      if (machine === undefined) return;
      if (machine.power !== 'stopped') throw new DriverError('busy', `${name} is ${machine.power} on ${at.address}`);
      this.#fleet.change({ do: 'forget', host: host.address, name });
    });
  }

  async openConsole(at: HostAddress, name: MachineName): Promise<Duplex> {
    checkMachineName(name);
    return this.#session.call(at, 'openConsole', (host) => {
      checkHypervisor(host);
      const machine = host.machines?.get(name);
      if (machine === undefined || machine.power === 'stopped') throw new DriverError('missing', `${name} does not run on ${at.address}`);
      const { screen, consolePassword: password } = machine;
      return connectViewer({
        name,
        password,
        screen,
        isOn: () => {
          this.#fleet.catchUp();
          return host.machines?.get(name) === machine && machine.power !== 'stopped' && host.power === 'on';
        },
      });
    });
  }

  async readSerialLog(at: HostAddress, name: MachineName, maxBytes: number): Promise<string> {
    checkMachineName(name);
    return this.#session.call(at, 'readSerialLog', (host) => {
      const log = host.machines?.get(name)?.serialLog ?? '';
      return log.slice(Math.max(0, log.length - maxBytes));
    });
  }

  /** Simulated hosts hold no warm connections. */
  async disconnect(): Promise<void> {}

  async #ensureBridge(at: HostAddress, bridge: string): Promise<void> {
    checkBridge(bridge);
    await this.#session.call(at, 'networks.ensureBridge', (host) => {
      if (!getBridge(host, bridge).macPinned) this.#fleet.change({ do: 'pinBridge', host: host.address });
    });
  }

  #checkMedium(host: SimulatedHost, { mount, path }: FileRef): void {
    checkMounted(this.#fleet, host, mount);
    if (!this.#fleet.exportOf(mount).files.has(path)) throw new DriverError('missing', `there is no ${path} in the mount ${mount.uuid}`);
  }

  async #ensureControlBridge(at: HostAddress, cards: readonly ControlCard[]): Promise<void> {
    for (const { tap, mac } of cards) {
      checkControlTap(tap);
      checkMac(mac);
    }
    await this.#session.call(at, 'networks.ensureControlBridge', (host) => {
      if (!host.hasControlBridge) this.#fleet.change({ do: 'controlBridge', host: host.address });
      for (const { tap, mac, ip } of cards) {
        const identity = `${mac} ${ip}`;
        if (host.controlCards?.get(tap) !== identity) this.#fleet.change({ do: 'controlCard', host: host.address, tap, identity });
      }
    });
  }

  /** What QEMU would say to a disk: it must be there with its whole chain, in its format and not open in another machine of this host. */
  #checkDisk(host: SimulatedHost, disk: MachineSpec['disks'][number], starting: SimulatedMachine | undefined): void {
    const { mount } = disk.file;
    checkMounted(this.#fleet, host, mount);
    const { files } = this.#fleet.exportOf(mount);
    let file: SimulatedFile | undefined;
    for (let path: string | undefined = disk.file.path; path !== undefined; path = safeFacts({ mount, path }, file.facts).backingPath) {
      file = files.get(path);
      if (file === undefined) throw new DriverError('missing', `there is no ${path} in the mount ${mount.uuid}`);
    }
    const top = files.get(disk.file.path);
    if (disk.format === 'qcow2' && top?.facts.format !== 'qcow2')
      throw new DriverError('refused', `${disk.file.path} is not in qcow2 format`);
    const holder = top?.openedBy;
    if (holder !== undefined && holder !== starting && holder.host === host && holder.power !== 'stopped') {
      throw new DriverError('busy', `${disk.file.path} is open in ${holder.name}: failed to get "write" lock`);
    }
  }
}

function checkIso({ mount, path }: FileRef): void {
  checkUuid(mount.uuid);
  checkRelativePath(path);
}

function mediumOf(iso: FileRef | null): readonly [string, string] | null {
  return iso && [iso.mount.uuid, iso.path];
}

function checkMachine(spec: MachineSpec): void {
  checkMachineName(spec.name);
  checkUuid(spec.uuid);
  for (const { file } of spec.disks) {
    checkUuid(file.mount.uuid);
    checkRelativePath(file.path);
  }
  if (spec.cdrom) checkIso(spec.cdrom);
  for (const nic of spec.nics) {
    checkBridge(nic.bridge);
    checkMac(nic.mac);
  }
}

function checkHypervisor(host: SimulatedHost): void {
  const lacking = host.profile.traits.has('nolibvirt') ? 'libvirt' : host.profile.traits.has('noqemu') ? 'QEMU' : undefined;
  if (lacking !== undefined) throw new DriverError('unsupported', `${host.address} has no ${lacking}`);
}

function placeOf(source: SimulatedHost, target: SimulatedHost, name: string): MachinePlace {
  return runsOn(source, name) ? 'source' : runsOn(target, name) ? 'target' : 'neither';
}

function runsOn(host: SimulatedHost, name: string): boolean {
  return (host.machines?.get(name)?.power ?? 'stopped') !== 'stopped';
}

function checkPlug(host: SimulatedHost, bridge: string): void {
  if (bridge !== controlBridge || !host.hasControlBridge) getBridge(host, bridge);
}

function getBridge(host: SimulatedHost, name: string): ReturnType<typeof bridgesOf>[number] {
  const bridge = bridgesOf(host).find((candidate) => candidate.name === name);
  if (bridge === undefined) throw new DriverError('missing', `${host.address} has no bridge ${name}`);
  return bridge;
}
