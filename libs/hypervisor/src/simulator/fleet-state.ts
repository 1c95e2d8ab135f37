// The simulated world in memory: hosts, machines, exports with files. It changes only by applying records and can be written as records again.
import type { MountSpec, PowerState } from '../specs.ts';
import type { FleetRecord, HostPower, StoredFault, StoredFile } from './fleet-records.ts';
import { type HostProfile, type HostRules, type HostSize, uuidFrom } from './host-rules.ts';

/** What the guest of every machine writes at each boot. */
export const bootLog = '[    0.000000] Linux version 6.1.0 (simulated)\r\n[    0.412000] Run /init as init process\r\n\r\nsimulated login: ';

export class SimulatedMachine {
  readonly host: SimulatedHost;
  readonly name: string;
  readonly uuid: string;
  readonly disks: readonly (readonly [mountUuid: string, path: string])[];
  power: PowerState;
  boots: number;
  readonly isForeign: boolean;

  constructor(host: SimulatedHost, start: Extract<FleetRecord, { do: 'start' }>) {
    this.host = host;
    this.name = start.name;
    this.uuid = start.uuid;
    this.disks = start.disks;
    this.power = start.power ?? 'running';
    this.boots = start.boots ?? 1;
    this.isForeign = start.foreign ?? false;
  }

  get isListed(): boolean {
    return this.isForeign || this.power !== 'stopped';
  }

  get serialLog(): string {
    return bootLog.repeat(this.boots);
  }

  uses(mountUuid: string): boolean {
    return this.power !== 'stopped' && this.disks.some(([uuid]) => uuid === mountUuid);
  }
}

/** What a host with the trait `guests` runs and has defined. */
const foreignGuests = [
  ['foreign-web', 'running'],
  ['foreign-db', 'stopped'],
] as const;

/** A field is undefined until it is needed: most hosts of a large fleet are idle. */
export class SimulatedHost {
  readonly address: string;
  readonly profile: HostProfile;
  size: HostSize | undefined = undefined;
  power: HostPower = 'on';
  isBridgePinned = false;
  keys: readonly string[] | undefined = undefined;
  mounts: readonly MountSpec[] | undefined = undefined;
  machines: Map<string, SimulatedMachine> | undefined = undefined;

  constructor(address: string, profile: HostProfile) {
    this.address = address;
    this.profile = profile;
    if (profile.traits.has('guests')) {
      for (const [name, power] of foreignGuests) {
        this.add({ do: 'start', host: address, name, uuid: uuidFrom(`${name} on ${address}`), disks: [], power, foreign: true });
      }
    }
  }

  add(start: Extract<FleetRecord, { do: 'start' }>): SimulatedMachine {
    const machine = new SimulatedMachine(this, start);
    (this.machines ??= new Map()).set(machine.name, machine);
    return machine;
  }

  mountOf(uuid: string): MountSpec | undefined {
    return this.mounts?.find((mount) => mount.uuid === uuid);
  }
}

export class SimulatedFile {
  facts: StoredFile;
  /** The machine that opened it last: QEMU's lock keeps a second one of the same host out. */
  openedBy: SimulatedMachine | undefined = undefined;

  constructor(facts: StoredFile) {
    this.facts = facts;
  }
}

export class SimulatedExport {
  readonly server: string;
  readonly path: string;
  readonly files = new Map<string, SimulatedFile>();
  usedBytes = 0;

  constructor(server: string, path: string) {
    this.server = server;
    this.path = path;
  }
}

export class FleetState {
  readonly rules: HostRules;
  readonly #hosts = new Map<string, SimulatedHost>();
  readonly #exports = new Map<string, SimulatedExport>();
  readonly #mounts = new Map<string, MountSpec>();
  readonly #keys = new Map<string, string>();
  readonly latencyMs = new Map<string, number>();
  faults: StoredFault[] = [];

  constructor(rules: HostRules) {
    this.rules = rules;
  }

  /** Undefined where no host has the address; a host of the rules comes into memory when it is first asked for. */
  findHost(address: string): SimulatedHost | undefined {
    const name = address.toLowerCase();
    const known = this.#hosts.get(name);
    if (known !== undefined) return known;
    const profile = this.rules.find(name);
    if (profile === undefined) return undefined;
    const host = new SimulatedHost(name, profile);
    this.#hosts.set(name, host);
    return host;
  }

  export(server: string, path: string): SimulatedExport {
    const id = `${server}:${path}`;
    let found = this.#exports.get(id);
    if (found === undefined) this.#exports.set(id, (found = new SimulatedExport(server, path)));
    return found;
  }

  /** Records about things that are not there (any more) change nothing. */
  apply(record: FleetRecord): void {
    switch (record.do) {
      case 'latency':
        if (record.ms > 0) this.latencyMs.set(record.method, record.ms);
        else this.latencyMs.delete(record.method);
        return;
      case 'fault': {
        const { do: _, ...fault } = record;
        this.faults.push(fault);
        return;
      }
      case 'faultUsed':
        this.#useFault(record);
        return;
      case 'clearFaults':
        this.faults = [];
        return;
      case 'file':
      case 'removeFile':
        this.#applyToExport(record);
        return;
      default: {
        const host = this.findHost(record.host);
        if (host !== undefined) this.#applyToHost(host, record);
      }
    }
  }

  #applyToExport(record: Extract<FleetRecord, { do: 'file' | 'removeFile' }>): void {
    const { files } = this.export(record.server, record.export);
    const known = files.get(record.path);
    let growth = -(known?.facts.allocatedBytes ?? 0);
    if (record.do === 'removeFile') {
      files.delete(record.path);
    } else {
      const { do: _, server: _server, export: _export, path, ...facts } = record;
      growth += facts.allocatedBytes;
      if (known === undefined) files.set(path, new SimulatedFile(facts));
      else known.facts = facts;
    }
    this.export(record.server, record.export).usedBytes += growth;
  }

  #applyToHost(host: SimulatedHost, record: Extract<FleetRecord, { host: string }>): void {
    switch (record.do) {
      case 'installKey':
        if (!host.keys?.includes(record.key)) host.keys = [...(host.keys ?? []), this.#shareKey(record.key)];
        return;
      case 'removeKey':
        host.keys = host.keys?.filter((key) => key !== record.key);
        return;
      case 'mount':
        if (host.mountOf(record.uuid) === undefined) host.mounts = [...(host.mounts ?? []), this.#shareMount(record)];
        return;
      case 'unmount':
        host.mounts = host.mounts?.filter((mount) => mount.uuid !== record.uuid);
        return;
      case 'pinBridge':
        host.isBridgePinned = true;
        return;
      case 'size':
        host.size = { cpuCores: record.cpuCores, cpuMhz: record.cpuMhz, memoryMib: record.memoryMib };
        return;
      case 'power':
        host.power = record.state;
        if (record.state === 'off') losePower(host);
        return;
      case 'start':
        this.#start(host, record);
        return;
      case 'reboot':
      case 'stop':
      case 'pause':
      case 'forget':
        changeMachine(host, record);
    }
  }

  #start(host: SimulatedHost, record: Extract<FleetRecord, { do: 'start' }>): void {
    const before = host.machines?.get(record.name);
    const machine = host.add(record);
    if (record.boots === undefined && before?.uuid === machine.uuid) machine.boots += before.boots;
    for (const [mountUuid, path] of record.disks) {
      const mount = host.mountOf(mountUuid);
      const file = mount && this.export(mount.server, mount.path).files.get(path);
      if (file !== undefined) file.openedBy = machine;
    }
  }

  #useFault(used: { readonly host: string; readonly method: string; readonly when: string }): void {
    const index = this.faults.findIndex((fault) => fault.host === used.host && fault.method === used.method && fault.when === used.when);
    const fault = this.faults[index];
    if (fault === undefined) return;
    if (fault.times > 1) this.faults[index] = { ...fault, times: fault.times - 1 };
    else this.faults.splice(index, 1);
  }

  /** One object for the many hosts that mount the same export under the same uuid. */
  #shareMount({ uuid, server, path }: MountSpec): MountSpec {
    const id = `${uuid} ${server}:${path}`;
    let shared = this.#mounts.get(id);
    if (shared === undefined) this.#mounts.set(id, (shared = { uuid, server, path }));
    return shared;
  }

  #shareKey(key: string): string {
    const shared = this.#keys.get(key);
    if (shared === undefined) this.#keys.set(key, key);
    return shared ?? key;
  }

  /** The whole state as records: applying them to an empty state gives an equal one. */
  *records(): Generator<FleetRecord> {
    for (const [method, ms] of this.latencyMs) yield { do: 'latency', method, ms };
    for (const fault of this.faults) yield { do: 'fault', ...fault };
    for (const { server, path: exportPath, files } of this.#exports.values()) {
      for (const [path, { facts }] of files) yield { do: 'file', server, export: exportPath, path, ...facts };
    }
    for (const host of this.#hosts.values()) yield* recordsOf(host);
  }
}

function* recordsOf(host: SimulatedHost): Generator<FleetRecord> {
  const { address } = host;
  if (host.size !== undefined) yield { do: 'size', host: address, ...host.size };
  if (host.power !== 'on') yield { do: 'power', host: address, state: host.power };
  if (host.isBridgePinned) yield { do: 'pinBridge', host: address };
  for (const key of host.keys ?? []) yield { do: 'installKey', host: address, key };
  for (const { uuid, server, path } of host.mounts ?? []) yield { do: 'mount', host: address, uuid, server, path };
  if (host.profile.traits.has('guests')) for (const [name] of foreignGuests) yield { do: 'forget', host: address, name };
  for (const { name, uuid, disks, power, boots, isForeign } of host.machines?.values() ?? []) {
    yield { do: 'start', host: address, name, uuid, disks, power, boots, ...(isForeign && { foreign: true }) };
  }
}

function changeMachine(host: SimulatedHost, record: { readonly do: 'reboot' | 'stop' | 'pause' | 'forget'; readonly name: string }): void {
  const machine = host.machines?.get(record.name);
  if (machine === undefined) return;
  if (record.do === 'reboot') {
    machine.power = 'running';
    machine.boots += 1;
  } else if (record.do === 'pause') {
    machine.power = 'paused';
  } else {
    machine.power = 'stopped';
  }
  if (record.do !== 'forget') return;
  host.machines?.delete(record.name);
  if (host.machines?.size === 0) host.machines = undefined;
}

/** Transient machines and mounts do not survive the loss of power; files and keys do. */
function losePower(host: SimulatedHost): void {
  for (const machine of host.machines?.values() ?? []) machine.power = 'stopped';
  host.mounts = undefined;
}
