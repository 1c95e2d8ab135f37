// What a driver brings to the contract's tests: real or simulated hosts, exports and an image.
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { DriverError, type DriverErrorKind, type DriverErrorReason } from '../driver-error.ts';
import type { HypervisorDriver } from '../driver.ts';
import type { FileRef, HostAddress, MachineSpec, MountSpec } from '../specs.ts';

export interface DriverRig {
  readonly driver: HypervisorDriver;
  /** Two hosts of one cluster that reach both exports. They have no machines of the names that the contract uses. */
  readonly hosts: readonly [HostAddress, HostAddress];
  readonly primary: MountSpec;
  readonly secondary: MountSpec;
  /** A path that the server of `primary` does not export. */
  readonly missingExportPath: string;
  /** A bootable qcow2 without a backing file whose guest writes to its serial console and obeys the power button. */
  readonly image: { readonly localPath: string; readonly sha256: string; readonly virtualSizeBytes: number };
  /** A system VM template, without a backing file. */
  readonly systemImage: DriverRig['image'];
  readonly bridge: string;
  readonly virtualisation: MachineSpec['virtualisation'];
  /** Cuts the management connection of one host while a command runs. */
  readonly cutConnection: (host: HostAddress) => Promise<void>;
  close(): Promise<void>;
}

/** The rig of the running suite, with a folder of its own in each mount. Only valid inside tests and hooks. */
export interface Stage {
  readonly rig: DriverRig;
  readonly folder: string;
  /** A file in the suite's folder of the primary mount. */
  onPrimary(file: string): FileRef;
  onSecondary(file: string): FileRef;
  /** The template's copy on primary, uploaded once. */
  template(): Promise<FileRef>;
}

export function createStage(rig: DriverRig): Stage {
  const folder = `conformance-${randomBytes(4).toString('hex')}`;
  let template: Promise<FileRef> | undefined;
  const onPrimary = (file: string): FileRef => ({ mount: rig.primary, path: `${folder}/${file}` });
  return {
    rig,
    folder,
    onPrimary,
    onSecondary: (file) => ({ mount: rig.secondary, path: `${folder}/${file}` }),
    template: () =>
      (template ??= rig.driver.disks
        .upload(rig.hosts[0], rig.image.localPath, onPrimary('template.qcow2'), rig.image.sha256)
        .then(() => onPrimary('template.qcow2'))),
  };
}

export async function expectFailure(action: Promise<unknown>, kind: DriverErrorKind, reason?: DriverErrorReason): Promise<void> {
  const failure: unknown = await action.then(
    (value) => value,
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(DriverError);
  expect(failure).toMatchObject(reason === undefined ? { kind } : { kind, reason });
}

/** Reads again until `isRight` holds, at most `timeoutMs`; gives the last value either way so that the caller's expectation names it. */
export async function eventually<T>(read: () => Promise<T>, isRight: (value: T) => boolean, timeoutMs = 30_000): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const value = await read();
    if (isRight(value) || performance.now() > deadline) return value;
    await delay(100);
  }
}

/** Names of the files in the suite's folder of a mount, sorted. */
export async function filesOf(stage: Stage, mount: MountSpec): Promise<string[]> {
  const files = await stage.rig.driver.disks.list(stage.rig.hosts[0], mount, stage.folder);
  return files.map((file) => file.path.slice(stage.folder.length + 1)).sort();
}
