// The simulated world in memory: hosts, machines, exports with files. It changes only by applying records and can be written as records again.
import type { MountSpec } from '../specs.ts';
import type { FleetRecord, StoredFault, StoredFile } from './fleet-records.ts';
import type { HostRules } from './host-rules.ts';
import { changeMachine, losePower, recordsOf, SimulatedHost, startOf, type SimulatedMachine } from './simulated-host.ts';

type HostRecord = Exclude<Extract<FleetRecord, { host: string }>, { do: 'fault' | 'faultUsed' }>;

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
  readonly deadServers = new Set<string>();
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
      case 'nfs':
        if (record.state === 'down') this.deadServers.add(record.server);
        else this.deadServers.delete(record.server);
        return;
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

  #applyToHost(host: SimulatedHost, record: HostRecord): void {
    switch (record.do) {
      case 'installKey':
        if (!host.keys?.includes(record.key)) host.keys = withOneMore(host.keys, this.#shareKey(record.key));
        return;
      case 'removeKey':
        host.keys = host.keys?.filter((key) => key !== record.key);
        return;
      case 'mount':
        if (host.mountOf(record.uuid) === undefined) host.mounts = withOneMore(host.mounts, this.#shareMount(record));
        return;
      case 'unmount':
        host.mounts = host.mounts?.filter((mount) => mount.uuid !== record.uuid);
        return;
      case 'pinBridge':
        host.isBridgePinned = true;
        return;
      case 'controlBridge':
        host.hasControlBridge = true;
        return;
      case 'controlCard':
        (host.controlCards ??= new Map()).set(record.tap, record.identity);
        return;
      case 'filter':
        (host.filters ??= new Map()).set(record.tap, record.digest);
        return;
      case 'removeFilters':
        for (const tap of host.filters?.keys() ?? []) if (tap.startsWith(record.prefix ?? '')) host.filters?.delete(tap);
        if (host.filters?.size === 0) host.filters = undefined;
        if (record.prefix === undefined) host.controlCards = undefined;
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
      case 'migrate':
        this.#migrate(host, record);
        return;
      case 'media': {
        const machine = host.machines?.get(record.name);
        if (machine !== undefined) machine.cdrom = record.cdrom;
        return;
      }
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

  #migrate(source: SimulatedHost, { name, to }: Extract<FleetRecord, { do: 'migrate' }>): void {
    const machine = source.machines?.get(name);
    const target = this.findHost(to);
    if (machine === undefined || target === undefined) return;
    this.#start(target, { ...startOf(machine), host: target.address });
    target.machines!.get(name)!.bootedAtMs = machine.bootedAtMs;
    changeMachine(source, { do: 'forget', name });
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
    for (const server of this.deadServers) yield { do: 'nfs', server, state: 'down' };
    for (const [method, ms] of this.latencyMs) yield { do: 'latency', method, ms };
    for (const fault of this.faults) yield { do: 'fault', ...fault };
    for (const { server, path: exportPath, files } of this.#exports.values()) {
      for (const [path, { facts }] of files) yield { do: 'file', server, export: exportPath, path, ...facts };
    }
    for (const host of this.#hosts.values()) yield* recordsOf(host);
  }
}

/** A literal for the first element: it takes no spare room, which a spread does. */
function withOneMore<T>(known: readonly T[] | undefined, added: T): readonly T[] {
  return known === undefined ? [added] : [...known, added];
}
