// The plan of a machine on its host: all that hosts steps need, as small JSON that the job's log keeps.
import { macOfNumber } from '@strata/domain';
import type { MachineSpec } from '@strata/hypervisor';
import type { PlannedCopy } from '../template/template-copies.ts';
import { templatePath } from '../template/template-paths.ts';
import type { TemplateKind } from '../template/template.entity.ts';
import { volumePath } from '../volume/volume.entity.ts';
import type { Placed } from './place-machine.ts';

// Type aliases, not interfaces: only they are assignable to JSON.
export type PlannedDisk = {
  readonly volumeUuid: string;
  readonly deviceId: number;
  readonly sizeBytes: number;
  /** Made as a linked clone of the machine's template; otherwise empty. */
  readonly fromTemplate: boolean;
  /** Its file is there already. */
  readonly ready: boolean;
};

export type PlannedNic = { readonly mac: string; readonly deviceId: number; readonly tap: string };

export type MachinePlan = {
  readonly name: string;
  readonly uuid: string;
  /** Of a guest, which a virtual router may serve; system machines have none. */
  readonly guestZoneId?: number;
  readonly cpuCount: number;
  readonly cpuMhz: number;
  readonly memoryMib: number;
  readonly hostId: number;
  readonly virtualisation: 'hardware' | 'emulated';
  readonly bridge: string;
  readonly poolId: number;
  readonly pool: { readonly uuid: string; readonly server: string; readonly path: string };
  readonly templateId: number;
  readonly templateUuid: string;
  /** False until the pool holds the template's file. */
  readonly templateReady: boolean;
  /** The ISO in its drive; without this it has no drive. */
  readonly iso?: PlannedCopy | null;
  readonly disks: readonly PlannedDisk[];
  readonly nics: readonly PlannedNic[];
};

/** Where a machine goes, and whether its template's file is there. */
export function placePlan({ host, pool }: Placed, template: { readonly id: number; readonly uuid: string }) {
  return {
    hostId: host.id,
    virtualisation: host.virtualisation,
    bridge: host.guestBridge,
    poolId: pool.id,
    pool: { uuid: pool.uuid, server: pool.server, path: pool.path },
    templateId: template.id,
    templateUuid: template.uuid,
    templateReady: pool.templateState === 'Ready',
  } satisfies Partial<MachinePlan>;
}

/** A machine that was made from an ISO starts with it in its drive. */
export function ownIso(
  template: { readonly id: number; readonly uuid: string; readonly kind: TemplateKind },
  ready: boolean,
): PlannedCopy | null {
  return template.kind === 'ISO' ? { templateId: template.id, path: templatePath(template.uuid, 'ISO'), ready } : null;
}

/** Stable and unique: from the machine's number and the card's position. */
export function nicMac(vmId: number, deviceId: number): string {
  return macOfNumber(vmId * 256 + deviceId);
}

/** @param consolePassword not in the plan, which the job's log keeps */
export function machineSpec(plan: MachinePlan, consolePassword: string): MachineSpec {
  const { name, uuid, cpuCount, cpuMhz, memoryMib, virtualisation, pool, bridge } = plan;
  return {
    name,
    uuid,
    cpuCount,
    cpuMhz,
    memoryMib,
    virtualisation,
    consolePassword,
    disks: plan.disks.map(({ volumeUuid, deviceId }) => ({
      file: { mount: pool, path: volumePath(volumeUuid) },
      format: 'qcow2',
      deviceId,
    })),
    ...(plan.iso !== undefined && { cdrom: plan.iso && { mount: pool, path: plan.iso.path } }),
    nics: plan.nics.map(({ mac, deviceId, tap }) => ({ mac, bridge, deviceId, tap })),
  };
}
