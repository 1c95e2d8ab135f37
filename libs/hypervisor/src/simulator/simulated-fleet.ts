// Thousands of hosts in memory with a journal that survives the server, latency and faults on demand, and an operator's hands on the hosts.
import { setTimeout as delay } from 'node:timers/promises';
import { DriverError } from '../driver-error.ts';
import type { FileRef, MountSpec } from '../specs.ts';
import { findExport, type ExportProfile } from './export-rules.ts';
import { FleetState, type SimulatedExport } from './fleet-state.ts';
import type { FleetRecord, HostPower, StoredFault, StoredFile } from './fleet-records.ts';
import { HostRules, type HostSize } from './host-rules.ts';
import { Journal } from './journal.ts';
import type { SimulatedHost } from './simulated-host.ts';

export interface SimulatedFleetOptions {
  /** Where changes are kept; without it the fleet lives and dies with the process. */
  readonly journalPath?: string;
  /** Every address in it is a host and an NFS server. Default 198.18.0.0/15, the range set aside for benchmarks (RFC 2544). */
  readonly network?: string;
  /** How long a caller waits for a host that does not answer. Default 1,000. */
  readonly silenceMs?: number;
  /** A journal larger than this is written anew at start if that at least halves it. Default 16 MiB. */
  readonly compactAboveBytes?: number;
}

export class SimulatedFleet {
  readonly rules: HostRules;
  readonly silenceMs: number;
  /** What somebody does on the hosts and exports behind the driver's back. */
  readonly outOfBand: OutOfBand;
  #state: FleetState;
  readonly #journal: Journal | undefined;
  readonly #inFlight = new Map<string, Set<AbortController>>();

  constructor(options: SimulatedFleetOptions = {}) {
    this.rules = new HostRules(options.network ?? '198.18.0.0/15');
    this.silenceMs = options.silenceMs ?? 1_000;
    this.#state = new FleetState(this.rules);
    this.outOfBand = new OutOfBand(this);
    if (options.journalPath === undefined) return;
    this.#journal = new Journal(options.journalPath);
    this.#replay(this.#journal);
    if (this.#journal.sizeBytes > (options.compactAboveBytes ?? 16 * 2 ** 20)) this.#compact(this.#journal);
  }

  /** Lines of the journal that could not be read, such as one torn by a crash. */
  get skippedLines(): number {
    return this.#journal?.skippedLines ?? 0;
  }

  /** Applies what others appended to the journal since the last call. */
  catchUp(): void {
    const seen = this.#journal?.look();
    if (this.#journal === undefined || seen === 'same') return;
    if (seen === 'replaced') this.#state = new FleetState(this.rules);
    this.#replay(this.#journal);
  }

  /** Writes the change to the journal first, then makes it. */
  change(record: FleetRecord): void {
    if (this.#journal === undefined || this.#journal.append(record)) this.#state.apply(record);
    else this.#replay(this.#journal);
  }

  findHost(address: string): SimulatedHost | undefined {
    return this.#state.findHost(address);
  }

  exportOf(mount: Pick<MountSpec, 'server' | 'path'>): SimulatedExport {
    return this.#state.export(mount.server, mount.path);
  }

  profileOf(mount: Pick<MountSpec, 'server' | 'path'>): ExportProfile {
    const profile = findExport(this.rules, mount.server, mount.path);
    return this.#state.deadServers.has(mount.server) ? { ...profile, server: 'silent' } : profile;
  }

  /** Milliseconds per driver method (`startMachine`, `disks.upload` …), `*` for all others; 0 takes it back. */
  setLatency(byMethod: Readonly<Record<string, number>>): void {
    for (const [method, ms] of Object.entries(byMethod)) this.change({ do: 'latency', method, ms });
  }

  /** The next `times` calls of the method on the host fail; `after` lets the work be done and loses only the answer. `*` stands for any. */
  fail(
    hostKeyOrAddress: string,
    method: string,
    error: Pick<StoredFault, 'kind' | 'reason'>,
    times = 1,
    when: StoredFault['when'] = 'before',
  ): void {
    const { kind, reason } = error;
    this.change({ do: 'fault', host: hostKeyOrAddress, method, kind, ...(reason !== undefined && { reason }), when, times });
  }

  clearFaults(): void {
    this.change({ do: 'clearFaults' });
  }

  setPower(address: string, state: HostPower): void {
    this.change({ do: 'power', host: address, state });
  }

  /** A dead server answers nobody; what it holds is there again when it is back. */
  setNfsServer(server: string, state: 'up' | 'down'): void {
    this.change({ do: 'nfs', server, state });
  }

  setSize(address: string, size: HostSize): void {
    this.change({ do: 'size', host: address, ...size });
  }

  /** Ends the calls that are under way on a host: those in the first half of their latency did nothing, those in the second did their work. */
  cutConnection(address: string): void {
    for (const call of this.#inFlight.get(address.toLowerCase()) ?? []) call.abort();
  }

  close(): void {
    this.#journal?.close();
  }

  latencyOf(method: string): number {
    const { latencyMs } = this.#state;
    return latencyMs.size === 0 ? 0 : (latencyMs.get(method) ?? latencyMs.get('*') ?? 0);
  }

  /** Throws the fault that waits for this call, if any, and counts it. */
  throwFault(keys: readonly [key: string, address: string], method: string, when: StoredFault['when']): void {
    if (this.#state.faults.length === 0) return;
    const fault = this.#state.faults.find(
      (candidate) =>
        candidate.when === when &&
        (candidate.host === '*' || keys.includes(candidate.host)) &&
        (candidate.method === '*' || candidate.method === method),
    );
    if (fault === undefined) return;
    this.change({ do: 'faultUsed', host: fault.host, method: fault.method, when });
    throw new DriverError(fault.kind, `simulated fault: ${fault.reason ?? fault.kind} ${when} ${method} on ${keys[1]}`, {
      ...(fault.reason !== undefined && { reason: fault.reason }),
    });
  }

  /** Passes time as part of a call on a host; a cut connection ends it. */
  async pass(address: string, ms: number): Promise<void> {
    const call = new AbortController();
    const name = address.toLowerCase();
    const calls = this.#inFlight.get(name) ?? new Set();
    this.#inFlight.set(name, calls.add(call));
    try {
      await delay(ms, undefined, { signal: call.signal });
    } catch (cause) {
      throw new DriverError('unreachable', `${address}: the connection was lost`, { reason: 'connectionLost', cause });
    } finally {
      calls.delete(call);
      if (calls.size === 0) this.#inFlight.delete(name);
    }
  }

  #compact(journal: Journal): void {
    let needed = 0;
    for (const _ of this.#state.records()) needed += 1;
    if (journal.linesRead >= 2 * needed) journal.compact(this.#state.records());
  }

  #replay(journal: Journal): void {
    for (const record of journal.read()) this.#state.apply(record);
  }
}

/** What an operator or a mishap does directly on hosts and exports. */
export class OutOfBand {
  readonly #fleet: SimulatedFleet;

  constructor(fleet: SimulatedFleet) {
    this.#fleet = fleet;
  }

  /** As `virsh destroy`. */
  destroyMachine(address: string, name: string): void {
    this.#fleet.change({ do: 'stop', host: address, name });
  }

  /** As `virsh suspend`. */
  pauseMachine(address: string, name: string): void {
    this.#fleet.change({ do: 'pause', host: address, name });
  }

  startForeignMachine(address: string, name: string, uuid: string): void {
    this.#fleet.change({ do: 'start', host: address, name, uuid, disks: [], foreign: true });
  }

  deleteFile({ mount, path }: FileRef): void {
    this.#fleet.change({ do: 'removeFile', server: mount.server, export: mount.path, path });
  }

  writeFile({ mount, path }: FileRef, file: StoredFile): void {
    this.#fleet.change({ do: 'file', server: mount.server, export: mount.path, path, ...file });
  }

  /** As `nft flush ruleset`. */
  flushFilters(address: string): void {
    this.#fleet.change({ do: 'removeFilters', host: address });
  }

  /** As `umount -l`. */
  unmount(address: string, mountUuid: string): void {
    this.#fleet.change({ do: 'unmount', host: address, uuid: mountUuid });
  }
}
