// Makes a system machine: its row with its addresses, and the job that starts it, in one transaction.
import { randomUUID } from 'node:crypto';
import { problem, systemVmInitialState, type SystemVmKind } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import type { Clock } from '../../kernel/clock.ts';
import type { JobStarter } from '../../kernel/jobs/saga.ts';
import { ServiceOffering } from '../offering/service-offering.entity.ts';
import { Pod } from '../zone/pod.entity.ts';
import { Zone } from '../zone/zone.entity.ts';
import { roleOf } from './roles.ts';
import { startSystemMachine } from './start-system-vm.saga.ts';
import { addControlCard, addGuestCard, addManagementCard } from './system-addresses.ts';
import { systemTemplateOf } from './system-template.ts';
import { SystemVm } from './system-vm.entity.ts';
import { systemVmEvent } from './system-vm-events.ts';
import { systemVmSubject } from './system-vm-rows.ts';

export interface SystemVmPlace {
  readonly kind: SystemVmKind;
  readonly zoneId: number;
  readonly podId: number;
}

/**
 * Under the zone's lock, so that two makers never make two.
 * @returns undefined when the place has one by now
 * @throws noCapacity, unavailable: why none can be made, in words
 */
export async function createSystemVm(
  { tx, jobs, clock }: { readonly tx: EntityManager; readonly jobs: JobStarter; readonly clock: Clock },
  { kind, zoneId, podId }: SystemVmPlace,
  isTaken: (tx: EntityManager) => Promise<boolean>,
): Promise<SystemVm | undefined> {
  await tx.query('SELECT id FROM zone WHERE id = ? FOR UPDATE', [zoneId]);
  if (await isTaken(tx)) return undefined;
  const [zone, pod] = await Promise.all([tx.findOneByOrFail(Zone, { id: zoneId }), tx.findOneByOrFail(Pod, { id: podId })]);
  const template = await systemTemplateOf(tx, zone);
  const offering = await tx.findOne(ServiceOffering, {
    where: { isSystem: true, systemVmType: kind, state: 'Active' },
    order: { isDefault: 'DESC', id: 'ASC' },
  });
  if (!offering)
    throw problem(
      'unavailable',
      `there is no system offering for ${kind}: make one with createServiceOffering issystem=true systemvmtype=${kind}`,
    );
  const now = clock.now();
  const vm: Omit<SystemVm, 'id' | 'version'> = {
    uuid: randomUUID(),
    kind,
    zoneId,
    podId,
    hostId: null,
    lastHostId: null,
    targetHostId: null,
    poolId: null,
    rootBytes: 0,
    templateId: template.id,
    serviceOfferingId: offering.id,
    cpuCount: offering.cpuNumber ?? 1,
    cpuMhz: offering.cpuSpeedMhz ?? smallMhz,
    memoryMib: offering.memoryMib ?? smallMib,
    state: systemVmInitialState,
    stateChangedAt: now,
    isStoppedOnRequest: false,
    agentState: 'Disconnected',
    agentChangedAt: now,
    templateVersion: '',
    hostKeySha256: null,
    created: now,
  };
  const { identifiers } = await tx.insert(SystemVm, vm);
  const made = await tx.findOneByOrFail(SystemVm, { id: (identifiers[0] as { id: number }).id });
  await addControlCard(tx, made, 0);
  if (roleOf(kind).card === 'guest') await addGuestCard(tx, made, 1, podId);
  else await addManagementCard(tx, made, 1, pod);
  await jobs.start(
    startSystemMachine,
    { systemVmId: made.id },
    { subject: systemVmSubject(made), fresh: true, event: systemVmEvent(kind, 'START') },
  );
  return made;
}

/** Of an offering that leaves the size to its user. */
const smallMhz = 500;
const smallMib = 256;
