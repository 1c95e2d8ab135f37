// What a running machine asks of a host that it is to move to, and what it is there.
import { problem } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import { Host } from '../host/host.entity.ts';
import { ServiceOffering } from '../offering/service-offering.entity.ts';
import { Template } from '../template/template.entity.ts';
import { Volume } from '../volume/volume.entity.ts';
import { planOf } from './allocate-machine.ts';
import { type MachinePlan, ownIso } from './machine-plan.ts';
import { offeringRequest, type Placed, type PlaceRequest } from './place-machine.ts';
import { Nic, type VirtualMachine } from './virtual-machine.entity.ts';

export interface MoveRequest extends PlaceRequest {
  readonly exceptHostId: number;
}

/** Machines move inside their cluster, where all hosts reach their disks. @param hostId only to this host */
export async function moveRequestOf(tx: EntityManager, vm: VirtualMachine, hostId?: number): Promise<MoveRequest> {
  if (vm.hostId === null) throw problem('conflict', `virtual machine ${vm.name} runs on no host: start it instead`);
  const [source, template, offering, root] = await Promise.all([
    tx.findOneByOrFail(Host, { id: vm.hostId }),
    tx.findOneByOrFail(Template, { id: vm.templateId }),
    tx.findOneByOrFail(ServiceOffering, { id: vm.serviceOfferingId as ServiceOffering['id'] }),
    tx.findOneByOrFail(Volume, { vmId: vm.id, deviceId: 0 }),
  ]);
  return {
    ...offeringRequest(vm, offering, template),
    // Its disks are where they are.
    diskBytes: 0,
    storageTags: [],
    poolId: root.poolId ?? undefined,
    isMove: true,
    exceptHostId: source.id,
    virtualisation: source.virtualisation,
    within: { clusterId: source.clusterId },
    hostId,
  };
}

/** The machine as it is to run at its new place. */
export async function movedPlanOf(tx: EntityManager, vm: VirtualMachine, placed: Placed): Promise<MachinePlan> {
  const [template, volumes, nics, iso] = await Promise.all([
    tx.findOneByOrFail(Template, { id: vm.templateId }),
    tx.find(Volume, { where: { vmId: vm.id }, order: { deviceId: 'ASC' } }),
    tx.find(Nic, { where: { vmId: vm.id }, order: { deviceId: 'ASC' } }),
    vm.isoId === null ? null : tx.findOneBy(Template, { id: vm.isoId }),
  ]);
  return planOf(vm, template, placed, volumes, nics, iso && ownIso(iso, true));
}
