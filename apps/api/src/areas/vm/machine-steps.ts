// Steps on hosts that several sagas of machines share.
import { problem } from '@strata/domain';
import { DriverError, type FileRef, type MountSpec } from '@strata/hypervisor';
import type { EntityManager } from 'typeorm';
import type { HostsStep } from '../../kernel/jobs/saga.ts';
import type { HostConnection } from '../host/host-drivers.ts';
import { Host } from '../host/host.entity.ts';
import { enterRouter } from '../router/guest-entries.ts';
import { applyFiltersOf, removeFiltersOf } from '../security-group/guest-filters.ts';
import { consolePasswordOf } from '../console/console-password.ts';
import { hostReaching } from '../storage-pool/reaching-hosts.ts';
import { templatePath } from '../template/template-paths.ts';
import { volumePath } from '../volume/volume.entity.ts';
import { type MachinePlan, machineSpec } from './machine-plan.ts';

type PlannedStep = HostsStep<unknown, { readonly [step: string]: unknown }>;

/** Mounts the pool, brings the template there once, and makes the disks that are missing. */
export async function createDisks(plan: MachinePlan, step: Pick<PlannedStep, 'drivers' | 'read'>): Promise<void> {
  const host = await step.drivers.for(plan.hostId);
  const { disks, mounts } = host.driver;
  await mounts.ensure(host.address, plan.pool);
  const template = { mount: plan.pool, path: templatePath(plan.templateUuid) };
  if (!plan.templateReady && plan.disks.some((disk) => disk.fromTemplate && !disk.ready))
    await bringToPool(plan.pool, { templateId: plan.templateId, path: template.path }, host, step.read);
  if (plan.iso && !plan.iso.ready) await bringToPool(plan.pool, plan.iso, host, step.read);
  for (const disk of plan.disks.filter(({ ready }) => !ready)) {
    const target = { mount: plan.pool, path: volumePath(disk.volumeUuid) };
    if (disk.fromTemplate) await disks.createLinkedClone(host.address, target, template, disk.sizeBytes);
    else await disks.createEmpty(host.address, target, disk.sizeBytes);
  }
}

/** Copies the file of a template or ISO from secondary storage into a pool that the host has mounted. */
export async function bringToPool(
  pool: MountSpec,
  { templateId, path }: { readonly templateId: number; readonly path: string },
  { driver, address }: HostConnection,
  read: EntityManager,
): Promise<void> {
  const source = await imageStoreHolding(read, templateId);
  await driver.mounts.ensure(address, source.mount);
  await driver.disks.copy(address, source, { mount: pool, path }, source.sha256);
}

/** Takes back the disks that the plan had to make, by any host that reaches them: the one of the plan may be why they must go. */
export async function removeNewDisks(plan: MachinePlan, step: Pick<PlannedStep, 'drivers' | 'read'>): Promise<void> {
  const host = await hostReaching(plan.poolId, step.read, step.drivers);
  await host.driver.mounts.ensure(host.address, plan.pool);
  for (const disk of plan.disks.filter(({ ready }) => !ready)) {
    await host.driver.disks.remove(host.address, { mount: plan.pool, path: volumePath(disk.volumeUuid) });
  }
}

type StartStep = Pick<
  HostsStep<{ readonly vmId: number }, unknown>,
  'drivers' | 'read' | 'log' | 'input' | 'secrets' | 'settings' | 'clock'
>;

export async function startMachine(plan: MachinePlan, step: StartStep): Promise<void> {
  const host = await step.drivers.for(plan.hostId);
  await host.driver.mounts.ensure(host.address, plan.pool);
  await host.driver.networks.ensureBridge(host.address, plan.bridge);
  // Its first question is for its address; the filters then know the router that may answer it.
  if (plan.guestZoneId !== undefined) await enterRouter({ vmId: step.input.vmId, zoneId: plan.guestZoneId }, step);
  // Before there is an interface, so that no frame passes it unseen.
  await applyFiltersOf({ id: step.input.vmId }, plan.hostId, step);
  await host.driver.startMachine(host.address, machineSpec(plan, consolePasswordOf(step.secrets, plan.uuid)));
}

/** Ends the machine on this host without asking the guest, and forgets it there. */
export async function removeMachine(name: string, hostId: number, step: Pick<PlannedStep, 'drivers'>): Promise<void> {
  const host = await step.drivers.for(hostId);
  await host.driver.stopMachine(host.address, name, 'forced', 0);
  await host.driver.removeMachine(host.address, name);
}

/**
 * Undoes a start; of a guest, which has a `vmId`, also its filters. The host where it ran before keeps its serial log. A host that was deleted meanwhile has been seen to by whoever forced that.
 */
export async function takeBackMachine(
  { name, hostId }: MachinePlan,
  step: Pick<PlannedStep, 'drivers' | 'read'>,
  { lastHostId, vmId }: { readonly lastHostId?: number | null; readonly vmId?: number } = {},
): Promise<void> {
  if (!(await step.read.existsBy(Host, { id: hostId }))) return;
  if (hostId === lastHostId) await cutPower(name, hostId, step);
  else await removeMachine(name, hostId, step);
  if (vmId !== undefined) await removeFiltersOf(vmId, hostId, step);
}

export async function cutPower(name: string, hostId: number, step: Pick<PlannedStep, 'drivers'>): Promise<void> {
  const { driver, address } = await step.drivers.for(hostId);
  await driver.stopMachine(address, name, 'forced', 0);
}

/** The host, when it is known not to be Up. */
export async function findAbsentHost(read: EntityManager, hostId: number): Promise<Pick<Host, 'name' | 'state'> | undefined> {
  const host = await read.findOneBy(Host, { id: hostId });
  return host && host.state !== 'Up' ? host : undefined;
}

/**
 * Clears what a machine left on the host where it ran before: its serial log. A host that is not Up keeps it: the machine is not there any more,
 * and nobody waits for its log.
 */
export async function forgetFormer(name: string, hostId: number, step: Pick<PlannedStep, 'drivers' | 'read' | 'log'>): Promise<void> {
  const up = await step.read.existsBy(Host, { id: hostId, state: 'Up' });
  if (!up) return;
  try {
    await removeMachine(name, hostId, step);
  } catch (error) {
    if (!(error instanceof DriverError && error.kind === 'unreachable')) throw error;
    step.log.warn({ machine: name, err: error }, 'the host where the machine ran before keeps its serial log');
  }
}

/** The complete copy of the template in an image store. */
async function imageStoreHolding(read: EntityManager, templateId: number): Promise<FileRef & { readonly sha256: string }> {
  const rows = await read.query<{ uuid: string; server: string; path: string; file: string; sha256: string }[]>(
    `SELECT s.uuid, s.server, s.path, t.path AS file, p.sha256
     FROM template_copy t JOIN image_store s ON s.id = t.store_id JOIN template p ON p.id = t.template_id
     WHERE t.template_id = ? AND t.store_kind = 'image' AND t.state = 'Ready' ORDER BY s.id LIMIT 1`,
    [templateId],
  );
  if (!rows[0]) throw problem('unavailable', 'no secondary storage holds a complete copy of the template: install or register it again');
  const { file, sha256, ...mount } = rows[0];
  return { mount, path: file, sha256 };
}
