// The plan of a system machine on its host: all that hosts steps need, as small JSON that the job's log keeps.
import { controlTapName, formatIpv4, type SystemNicPurpose, type SystemVmBootData, type SystemVmKind, systemVmName } from '@strata/domain';
import { type ControlCard, controlBridge, type MachineSpec } from '@strata/hypervisor';
import type { Template } from '../template/template.entity.ts';
import { type MachinePlan, placePlan } from '../vm/machine-plan.ts';
import type { Placed } from '../vm/place-machine.ts';
import { volumePath } from '../volume/volume.entity.ts';
import type { SystemNic, SystemVm } from './system-vm.entity.ts';

// Type aliases, not interfaces: only they are assignable to JSON.
export type PlannedCard = {
  readonly purpose: SystemNicPurpose;
  readonly mac: string;
  readonly deviceId: number;
  readonly bridge: string;
  /** On the control network. */
  readonly tap?: string;
  readonly ip: string;
  readonly prefixLength: number;
  readonly gateway: string | null;
};

export type SystemMachinePlan = {
  readonly kind: SystemVmKind;
  /** Size, disk and place; it has no cards. */
  readonly machine: MachinePlan;
  readonly cards: readonly PlannedCard[];
  readonly dns: readonly string[];
};

export interface PlannedFrom {
  readonly vm: SystemVm;
  readonly cards: readonly SystemNic[];
  readonly template: Pick<Template, 'id' | 'uuid' | 'virtualSizeBytes'>;
  readonly placed: Placed;
  readonly dns: readonly string[];
  readonly managementBridge: string | undefined;
}

export function planSystemMachine({ vm, cards, template, placed, dns, managementBridge }: PlannedFrom): SystemMachinePlan {
  const bridges: Record<SystemNicPurpose, string> = {
    control: controlBridge,
    management: managementBridge ?? placed.host.guestBridge,
    guest: placed.host.guestBridge,
  };
  return {
    kind: vm.kind,
    machine: {
      name: systemVmName(vm.kind, vm.id),
      uuid: vm.uuid,
      cpuCount: vm.cpuCount,
      cpuMhz: vm.cpuMhz,
      memoryMib: vm.memoryMib,
      ...placePlan(placed, template),
      disks: [{ volumeUuid: vm.uuid, deviceId: 0, sizeBytes: template.virtualSizeBytes, fromTemplate: true, ready: false }],
      iso: null,
      nics: [],
    },
    cards: cards.map(({ purpose, mac, deviceId, ip, prefixLength, gateway }) => ({
      purpose,
      mac,
      deviceId,
      bridge: bridges[purpose],
      ...(purpose === 'control' && { tap: controlTapName(vm.id, deviceId) }),
      ip: formatIpv4(ip),
      prefixLength,
      gateway: gateway === null ? null : formatIpv4(gateway),
    })),
    dns,
  };
}

/** What its host has to know before it starts there. */
export function controlCardsOf({ cards }: SystemMachinePlan): ControlCard[] {
  return cards.flatMap(({ tap, mac, ip }) => (tap === undefined ? [] : [{ tap, mac, ip }]));
}

/** @param authorizedKey the line that lets the management server in */
export function systemMachineSpec({ kind, machine, cards, dns }: SystemMachinePlan, authorizedKey: string): MachineSpec {
  const bootData: SystemVmBootData = {
    version: 1,
    kind,
    uuid: machine.uuid,
    name: machine.name,
    nics: cards.map(({ purpose, mac, ip, prefixLength, gateway }) => ({
      purpose,
      mac,
      ip,
      prefixLength,
      ...(gateway !== null && { gateway }),
    })),
    dns,
    authorizedKey,
  };
  return {
    name: machine.name,
    uuid: machine.uuid,
    cpuCount: machine.cpuCount,
    cpuMhz: machine.cpuMhz,
    memoryMib: machine.memoryMib,
    virtualisation: machine.virtualisation,
    disks: [{ file: { mount: machine.pool, path: volumePath(machine.uuid) }, format: 'qcow2', deviceId: 0 }],
    nics: cards.map(({ mac, bridge, deviceId, tap }) => ({ mac, bridge, deviceId, ...(tap !== undefined && { tap, isolated: true }) })),
    bootData: JSON.stringify(bootData),
  };
}
