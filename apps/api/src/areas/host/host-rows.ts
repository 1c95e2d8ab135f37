// Changes of host rows that several sagas and the health check share.
import { amberChecks, type CheckResult, describeChecks, hostLifecycle, hostResourceLifecycle, problem } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import type { Clock } from '../../kernel/clock.ts';
import { transition } from '../../kernel/db/transition.ts';
import type { EventWriter } from '../../kernel/events/event-writer.ts';
import type { JobSubject } from '../../kernel/jobs/saga.ts';
import type { Settings } from '../../kernel/settings/settings.ts';
import { Host, HostCapacity } from './host.entity.ts';
import { emulationAllowed } from './host.settings.ts';
import type { Inspection, KeptFacts } from './host-inspection.ts';

export async function getHost(manager: EntityManager, hostId: number): Promise<Host> {
  return manager.findOneByOrFail(Host, { id: hostId });
}

export function hostSubject(host: { readonly id: number; readonly uuid: string }): JobSubject {
  return { type: 'Host', id: host.id, uuid: host.uuid };
}

export function mayEmulate(
  settings: Settings,
  config: { readonly emulation: boolean },
  place: { readonly zoneId: number; readonly clusterId: number },
): boolean {
  return config.emulation || settings.get(emulationAllowed, { scope: 'cluster', id: place.clusterId }, { scope: 'zone', id: place.zoneId });
}

/** The host is connected and was inspected: it is Up with what was found. */
export async function enterUp(tx: EntityManager, host: Host, { facts, checks }: Inspection): Promise<void> {
  await transition(tx, Host, host, hostLifecycle, 'connected', {
    ...columnsOf(facts),
    checks: JSON.stringify(checks),
    stateReason: '',
    disconnectedAt: null,
  });
  await setCapacity(tx, host.id, facts);
}

/** What is no reason to refuse a host, but one to look at it. */
export function tellWarnings(events: EventWriter, type: string, host: Host, checks: readonly CheckResult[]): void {
  const amber = amberChecks(checks);
  if (amber.length === 0) return;
  const description = `host ${host.name} is in use although ${amber.length === 1 ? 'a check warns' : `${amber.length} checks warn`}. ${describeChecks(amber)}`;
  events.add({ type, level: 'WARN', state: 'Completed', description, subject: hostSubject(host) });
}

/** The host answers but is not fit: it is in Alert until it is repaired. */
export async function enterAlert(tx: EntityManager, host: Host, reason: string): Promise<void> {
  await transition(tx, Host, host, hostLifecycle, 'checksFailed', { stateReason: reason });
}

function columnsOf(facts: KeptFacts) {
  return {
    virtualisation: facts.hardwareVirtualisation ? ('hardware' as const) : ('emulated' as const),
    arch: facts.arch,
    osName: facts.osName.slice(0, 255),
    cpuModel: facts.cpuModel.slice(0, 255),
    cpuSockets: facts.cpuSockets,
    libvirtVersion: facts.libvirtVersion ?? '',
    qemuVersion: facts.qemuVersion ?? '',
  };
}

/** What is reserved stays as it is. */
async function setCapacity(tx: EntityManager, hostId: number, facts: KeptFacts): Promise<void> {
  await tx.query(
    `INSERT INTO host_capacity (host_id, cpu_cores, cpu_mhz, memory_mib) VALUES (?, ?, ?, ?)
     ON DUPLICATE KEY UPDATE cpu_cores = VALUES(cpu_cores), cpu_mhz = VALUES(cpu_mhz), memory_mib = VALUES(memory_mib)`,
    [hostId, facts.cpuCores, facts.cpuMhz, facts.memoryMib],
  );
}

type ResourceEvent = (typeof hostResourceLifecycle.events)[number];

/** Moves the resource state with one guarded UPDATE; `reason` tells why maintenance failed. @throws conflict when someone was first */
export async function moveResourceState(tx: EntityManager, host: Host, event: ResourceEvent, clock: Clock, reason = ''): Promise<void> {
  hostResourceLifecycle.assertCan(host.resourceState, event, { name: host.name });
  const changes = {
    resourceState: hostResourceLifecycle.next(host.resourceState, event)!,
    resourceChangedAt: clock.now(),
    resourceReason: reason.slice(0, 1_024),
    version: host.version + 1,
  };
  const result = await tx.update(Host, { id: host.id, resourceState: host.resourceState, version: host.version }, changes);
  if (result.affected !== 1)
    throw problem('conflict', `host ${host.name} was changed by someone else at the same moment: read it again and repeat`);
  Object.assign(host, changes);
}

/** Removes all rows of a host. Gone already: fine. */
export async function forgetHost(tx: EntityManager, hostId: number): Promise<void> {
  await tx.delete(HostCapacity, { hostId });
  await tx.delete(Host, { id: hostId });
}
