// One simulated host with its machines, mounts and keys.
import type { MountSpec, PowerState } from '../specs.ts';
import type { FleetRecord, HostPower } from './fleet-records.ts';
import { TextScreen } from './text-screen.ts';
import { type HostProfile, type HostSize, uuidFrom } from './host-rules.ts';

/** What the guest of every machine writes at each boot. */
export const bootLog =
  '[    0.000000] Linux version 6.1.0 (simulated)\r\n[    0.412000] Run /init as init process\r\n\r\nsimulated login: ';

export class SimulatedMachine {
  readonly host: SimulatedHost;
  readonly name: string;
  readonly uuid: string;
  readonly disks: readonly (readonly [mountUuid: string, path: string])[];
  /** Undefined without a drive, null when that is empty. */
  cdrom: readonly [mountUuid: string, path: string] | null | undefined;
  readonly consolePassword: string | undefined;
  readonly bootData: string | undefined;
  /** Pairs of a card's interface and its bridge. */
  readonly taps: readonly (readonly [tap: string, bridge: string])[];
  power: PowerState;
  boots: number;
  /** Of the clock that agents are timed by, in milliseconds. */
  bootedAtMs = performance.now();
  readonly isForeign: boolean;

  constructor(host: SimulatedHost, start: Extract<FleetRecord, { do: 'start' }>) {
    this.host = host;
    this.name = start.name;
    this.uuid = start.uuid;
    this.disks = start.disks;
    this.cdrom = start.cdrom;
    this.consolePassword = start.consolePassword;
    this.bootData = start.bootData;
    this.taps = start.taps ?? [];
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

  #screen: TextScreen | undefined;

  /** What the display shows; made when somebody first looks, as long as this process lives. */
  get screen(): TextScreen {
    return (this.#screen ??= new TextScreen(this.serialLog));
  }

  uses(mountUuid: string): boolean {
    return this.power !== 'stopped' && (this.cdrom?.[0] === mountUuid || this.disks.some(([uuid]) => uuid === mountUuid));
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
  hasControlBridge = false;
  /** MAC and IPv4 address that cards on the control network may have, by interface. */
  controlCards: Map<string, string> | undefined = undefined;
  keys: readonly string[] | undefined = undefined;
  mounts: readonly MountSpec[] | undefined = undefined;
  machines: Map<string, SimulatedMachine> | undefined = undefined;
  /** Digests by interface. */
  filters: Map<string, string> | undefined = undefined;

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

/** The machine as the record that makes it as it is. */
export function startOf(machine: SimulatedMachine): Extract<FleetRecord, { do: 'start' }> {
  const { host, name, uuid, disks, bootData, cdrom, consolePassword, power, boots, isForeign, taps } = machine;
  return {
    do: 'start',
    host: host.address,
    name,
    uuid,
    disks,
    ...(cdrom !== undefined && { cdrom }),
    ...(bootData !== undefined && { bootData }),
    ...(consolePassword !== undefined && { consolePassword }),
    power,
    boots,
    ...(taps.length > 0 && { taps }),
    ...(isForeign && { foreign: true }),
  };
}

/** The host as records: applying them to an untouched host gives an equal one. */
export function* recordsOf(host: SimulatedHost): Generator<FleetRecord> {
  const { address } = host;
  if (host.size !== undefined) yield { do: 'size', host: address, ...host.size };
  if (host.power !== 'on') yield { do: 'power', host: address, state: host.power };
  if (host.isBridgePinned) yield { do: 'pinBridge', host: address };
  if (host.hasControlBridge) yield { do: 'controlBridge', host: address };
  for (const [tap, identity] of host.controlCards ?? []) yield { do: 'controlCard', host: address, tap, identity };
  for (const key of host.keys ?? []) yield { do: 'installKey', host: address, key };
  for (const { uuid, server, path } of host.mounts ?? []) yield { do: 'mount', host: address, uuid, server, path };
  if (host.profile.traits.has('guests')) for (const [name] of foreignGuests) yield { do: 'forget', host: address, name };
  for (const [tap, digest] of host.filters ?? []) yield { do: 'filter', host: address, tap, digest };
  for (const machine of host.machines?.values() ?? []) yield startOf(machine);
}

export function changeMachine(
  host: SimulatedHost,
  record: { readonly do: 'reboot' | 'stop' | 'pause' | 'forget'; readonly name: string },
): void {
  const machine = host.machines?.get(record.name);
  if (machine === undefined) return;
  if (record.do === 'reboot') {
    machine.power = 'running';
    machine.boots += 1;
    machine.bootedAtMs = performance.now();
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
export function losePower(host: SimulatedHost): void {
  for (const machine of host.machines?.values() ?? []) machine.power = 'stopped';
  host.mounts = undefined;
  host.filters = undefined;
  host.hasControlBridge = false;
  host.controlCards = undefined;
}
