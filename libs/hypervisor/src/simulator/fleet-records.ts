// Every change of the simulated world as one line of the journal; anyone may append such lines, also while a server runs.
import type { DriverErrorKind, DriverErrorReason } from '../driver-error.ts';
import type { DiskFormat, PowerState } from '../specs.ts';
import type { HostSize } from './host-rules.ts';

/** `off` ends the machines and forgets mounts; `unreachable` and `hung` leave machines running. */
export type HostPower = 'on' | 'off' | 'unreachable' | 'hung';

export interface StoredFile {
  readonly format: DiskFormat;
  readonly virtualSizeBytes: number;
  readonly allocatedBytes: number;
  /** As the header has it, relative to the folder of the image. */
  readonly backingName?: string;
  /** What makes the image unsafe beside its backing file. */
  readonly flaw?: 'externalDataFile' | 'encrypted' | 'malformed';
  /** Of the whole content, known for uploads and their copies. */
  readonly sha256?: string;
}

export interface StoredFault {
  /** Key or address of the host, or `*`. */
  readonly host: string;
  /** Driver method such as `startMachine` or `disks.upload`, or `*`. */
  readonly method: string;
  readonly kind: DriverErrorKind;
  readonly reason?: DriverErrorReason;
  /** `after` lets the work be done and loses only the answer. */
  readonly when: 'before' | 'after';
  readonly times: number;
}

export type FleetRecord =
  | { readonly do: 'installKey' | 'removeKey'; readonly host: string; readonly key: string }
  | { readonly do: 'mount'; readonly host: string; readonly uuid: string; readonly server: string; readonly path: string }
  | { readonly do: 'unmount'; readonly host: string; readonly uuid: string }
  | {
      readonly do: 'start';
      readonly host: string;
      readonly name: string;
      readonly uuid: string;
      /** Pairs of mount uuid and path. */
      readonly disks: readonly (readonly [string, string])[];
      /** Mount uuid and path of the ISO in its drive; null for an empty drive. */
      readonly cdrom?: readonly [string, string] | null;
      readonly consolePassword?: string;
      /** What the machine reads when it boots: that of system machines. */
      readonly bootData?: string;
      /** Pairs of a card's interface and its bridge. */
      readonly taps?: readonly (readonly [string, string])[];
      readonly power?: PowerState;
      /** How many boots the serial log holds afterwards; one more than before where left out. */
      readonly boots?: number;
      /** Made by somebody else on the host: stays listed when stopped, while ours vanish as libvirt's transient machines do. */
      readonly foreign?: boolean;
    }
  | { readonly do: 'reboot' | 'stop' | 'pause' | 'forget'; readonly host: string; readonly name: string }
  /** With all that it is and has written. */
  | { readonly do: 'migrate'; readonly host: string; readonly name: string; readonly to: string }
  | { readonly do: 'media'; readonly host: string; readonly name: string; readonly cdrom: readonly [string, string] | null }
  | { readonly do: 'pinBridge' | 'controlBridge'; readonly host: string }
  /** MAC and IPv4 address that the card may have. */
  | { readonly do: 'controlCard'; readonly host: string; readonly tap: string; readonly identity: string }
  | { readonly do: 'filter'; readonly host: string; readonly tap: string; readonly digest: string }
  /** Without a prefix: all of them, and what hosts know of cards on the control network. */
  | { readonly do: 'removeFilters'; readonly host: string; readonly prefix?: string }
  | { readonly do: 'power'; readonly host: string; readonly state: HostPower }
  | ({ readonly do: 'size'; readonly host: string } & HostSize)
  | ({ readonly do: 'file'; readonly server: string; readonly export: string; readonly path: string } & StoredFile)
  | { readonly do: 'removeFile'; readonly server: string; readonly export: string; readonly path: string }
  | { readonly do: 'nfs'; readonly server: string; readonly state: 'up' | 'down' }
  | { readonly do: 'latency'; readonly method: string; readonly ms: number }
  | ({ readonly do: 'fault' } & StoredFault)
  | { readonly do: 'faultUsed'; readonly host: string; readonly method: string; readonly when: 'before' | 'after' }
  | { readonly do: 'clearFaults' };

/** Per record, the fields without which it means nothing, by their type: lines may have been written by hand. */
const neededFields: Record<FleetRecord['do'], Readonly<Record<string, 'string' | 'number' | 'object'>>> = {
  installKey: { host: 'string', key: 'string' },
  removeKey: { host: 'string', key: 'string' },
  mount: { host: 'string', uuid: 'string', server: 'string', path: 'string' },
  unmount: { host: 'string', uuid: 'string' },
  start: { host: 'string', name: 'string', uuid: 'string', disks: 'object' },
  reboot: { host: 'string', name: 'string' },
  stop: { host: 'string', name: 'string' },
  pause: { host: 'string', name: 'string' },
  forget: { host: 'string', name: 'string' },
  migrate: { host: 'string', name: 'string', to: 'string' },
  media: { host: 'string', name: 'string' },
  pinBridge: { host: 'string' },
  controlBridge: { host: 'string' },
  controlCard: { host: 'string', tap: 'string', identity: 'string' },
  filter: { host: 'string', tap: 'string', digest: 'string' },
  removeFilters: { host: 'string' },
  power: { host: 'string', state: 'string' },
  size: { host: 'string', cpuCores: 'number', cpuMhz: 'number', memoryMib: 'number' },
  file: { server: 'string', export: 'string', path: 'string', format: 'string', virtualSizeBytes: 'number', allocatedBytes: 'number' },
  removeFile: { server: 'string', export: 'string', path: 'string' },
  nfs: { server: 'string', state: 'string' },
  latency: { method: 'string', ms: 'number' },
  fault: { host: 'string', method: 'string', kind: 'string', when: 'string', times: 'number' },
  faultUsed: { host: 'string', method: 'string', when: 'string' },
  clearFaults: {},
};

/** Undefined where the line is no record. */
export function parseRecord(line: string): FleetRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const fields = value as Readonly<Record<string, unknown>>;
  if (typeof fields['do'] !== 'string' || !Object.hasOwn(neededFields, fields['do'])) return undefined;
  const needed = neededFields[fields['do'] as FleetRecord['do']];
  for (const name in needed) if (typeof fields[name] !== needed[name] || fields[name] === null) return undefined;
  return value as FleetRecord;
}
