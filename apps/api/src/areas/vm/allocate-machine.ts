// Writes the rows of a new machine; with a place also its room, disks in the making and address: one transaction, all or nothing.
import { randomUUID } from 'node:crypto';
import { guestTapName, instanceNameOf, problem, volumeLifecycle } from '@strata/domain';
import { type EntityManager, QueryFailedError } from 'typeorm';
import { unlessTaken } from '../../kernel/db/unique.ts';
import { assignAddress, claimAddress, type NetworkChoice, networkIdOf } from '../network/guest-addresses.ts';
import { enterGroups } from '../security-group/membership.ts';
import { expectCopyInPool, type PlannedCopy } from '../template/template-copies.ts';
import type { Template, TemplateKind } from '../template/template.entity.ts';
import { Volume } from '../volume/volume.entity.ts';
import { type MachinePlan, nicMac, ownIso, placePlan, type PlannedDisk } from './machine-plan.ts';
import type { Placed } from './place-machine.ts';
import { Nic, VirtualMachine } from './virtual-machine.entity.ts';

export type NewMachine = Omit<VirtualMachine, 'id' | 'version' | 'state' | 'hostId' | 'lastHostId' | 'targetHostId' | 'stateChangedAt'>;

export interface NewDisk {
  readonly type: 'ROOT' | 'DATADISK';
  readonly sizeBytes: number;
  readonly diskOfferingId: number | null;
}

export interface Allocation {
  readonly vm: VirtualMachine;
  /** Absent for a machine that is not to be started. */
  readonly plan?: MachinePlan;
}

export interface AllocationRequest {
  readonly machine: NewMachine;
  readonly template: Pick<Template, 'id' | 'uuid' | 'kind' | 'virtualSizeBytes'>;
  /** The first is the root disk. */
  readonly disks: readonly NewDisk[];
  readonly network: NetworkChoice;
  /** One address in particular, as a number. */
  readonly wantedIp?: number | undefined;
  readonly mac?: string | undefined;
  /** Security groups; the default one of the account where left out. */
  readonly groupIds?: readonly number[] | undefined;
  /** Absent for a machine that is not to be started. */
  readonly placed?: Placed | undefined;
}

export async function allocateMachine(tx: EntityManager, request: AllocationRequest): Promise<Allocation> {
  const { placed, network } = request;
  const address = placed && (await claimAddress(tx, network, placed.host.podId, request.wantedIp));
  const vm = await insertMachine(tx, request);
  const volumes = await insertVolumes(tx, vm, request);
  await enterGroups(tx, vm, request.groupIds);
  const nic: Omit<Nic, 'id'> & { id?: number } = {
    uuid: randomUUID(),
    vmId: vm.id,
    networkId: address?.networkId ?? (await networkIdOf(tx, network)),
    deviceId: 0,
    mac: request.mac ?? nicMac(vm.id, 0),
    ip: address?.ip ?? null,
    rangeId: address?.rangeId ?? null,
  };
  const inserted = await unlessTaken(
    tx.insert(Nic, nic),
    `parameter macaddress: another card has ${nic.mac} already; choose another address`,
  );
  if (!placed || !address) return { vm };
  await assignAddress(tx, address.addressId, (inserted.identifiers[0] as { id: number }).id);
  if (placed.pool.templateState === null) await expectCopyInPool(tx, request.template, { id: placed.pool.id, zoneId: vm.zoneId });
  return {
    vm,
    plan: planOf(vm, request.template, placed, volumes, [nic], ownIso(request.template, placed.pool.templateState === 'Ready')),
  };
}

async function insertMachine(tx: EntityManager, { machine, placed }: AllocationRequest): Promise<VirtualMachine> {
  const vm = {
    ...machine,
    state: placed ? 'Starting' : 'Stopped',
    version: 0,
    stateChangedAt: machine.created,
    hostId: placed?.host.id ?? null,
    lastHostId: null,
    targetHostId: null,
  } as VirtualMachine;
  try {
    const { identifiers } = await tx.insert(VirtualMachine, vm);
    vm.id = (identifiers[0] as { id: number }).id;
    return vm;
  } catch (error) {
    if (error instanceof QueryFailedError && error.message.includes('virtual_machine_name')) {
      throw problem(
        'invalid',
        `parameter name: a virtual machine named ${vm.name} exists already in this zone and account; choose another name`,
        {
          cause: error,
        },
      );
    }
    throw error;
  }
}

async function insertVolumes(tx: EntityManager, vm: VirtualMachine, { disks, template, placed }: AllocationRequest): Promise<Volume[]> {
  const volumes = disks.map((disk, deviceId) => {
    const volume = new Volume();
    return Object.assign(volume, {
      uuid: randomUUID(),
      name: disk.type === 'ROOT' ? `ROOT-${vm.id}` : `DATA-${vm.id}`,
      accountId: vm.accountId,
      domainId: vm.domainId,
      zoneId: vm.zoneId,
      poolId: placed?.pool.id ?? null,
      vmId: vm.id,
      deviceId,
      type: disk.type,
      state: placed ? volumeLifecycle.next('Allocated', 'createRequested')! : ('Allocated' as const),
      version: 0,
      sizeBytes: disk.sizeBytes,
      diskOfferingId: disk.diskOfferingId,
      templateId: disk.type === 'ROOT' && template.kind === 'TEMPLATE' ? template.id : null,
      imageStoreId: null,
      error: '',
      created: vm.created,
    } satisfies Omit<Volume, 'id'>);
  });
  await tx.insert(Volume, volumes);
  return volumes;
}

/** The plan of hosts steps from rows: volumes in the making are to be created, others are there. */
export function planOf(
  vm: VirtualMachine,
  template: { readonly id: number; readonly uuid: string; readonly kind: TemplateKind },
  placed: Placed,
  volumes: readonly Volume[],
  nics: readonly { mac: string; deviceId: number }[],
  iso: PlannedCopy | null,
): MachinePlan {
  return {
    name: instanceNameOf(vm.accountId, vm.id),
    uuid: vm.uuid,
    guestZoneId: vm.zoneId,
    cpuCount: vm.cpuCount,
    cpuMhz: vm.cpuMhz,
    memoryMib: vm.memoryMib,
    ...placePlan(placed, template),
    iso,
    disks: volumes.map((volume): PlannedDisk => ({
      volumeUuid: volume.uuid,
      deviceId: volume.deviceId ?? 0,
      sizeBytes: volume.sizeBytes,
      fromTemplate: volume.type === 'ROOT' && template.kind === 'TEMPLATE',
      ready: volume.state === 'Ready',
    })),
    nics: nics.map(({ mac, deviceId }) => ({ mac, deviceId, tap: guestTapName(vm.id, deviceId) })),
  };
}
