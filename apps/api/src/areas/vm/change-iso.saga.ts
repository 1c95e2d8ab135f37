// Puts an ISO into the drive of a machine or takes it out: at once where the machine runs, otherwise with its next start.
import { instanceNameOf, problem } from '@strata/domain';
import type { MountSpec } from '@strata/hypervisor';
import type { EntityManager } from 'typeorm';
import { type HostsStep, saga } from '../../kernel/jobs/saga.ts';
import { expectIso } from '../template/iso-in-pool.ts';
import { giveUpCopy, markTemplateReady, type PlannedCopy } from '../template/template-copies.ts';
import { templatePath } from '../template/template-paths.ts';
import { Template } from '../template/template.entity.ts';
import { bringToPool } from './machine-steps.ts';
import { getVm } from './vm-rows.ts';
import { VirtualMachine } from './virtual-machine.entity.ts';

type PoolPlace = {
  readonly id: number;
  readonly zoneId: number;
  readonly mount: { readonly uuid: string; readonly server: string; readonly path: string };
};

/** A machine that runs, and where its drive reads. */
type Drive = { readonly name: string; readonly hostId: number; readonly pool: PoolPlace };

type Change = {
  /** Null for a machine that does not run. */
  readonly drive: Drive | null;
  readonly iso: PlannedCopy | null;
  readonly before: { readonly isoId: number; readonly path: string } | null;
};

export const insertIso = saga<{ vmId: number; isoId: number; forced: boolean }>('attachIso')
  .rows(
    'chosen',
    async ({ tx, input }): Promise<Change> => {
      const vm = await getVm(tx, input.vmId);
      const before = await isoIn(tx, vm);
      if (before && before.isoId !== input.isoId && !input.forced)
        throw problem(
          'conflict',
          `virtual machine ${vm.displayName} has another ISO in its drive: call detachIso first, or send forced=true`,
        );
      const drive = await driveOf(tx, vm);
      return { drive, before, iso: drive && (await expectIso(tx, input.isoId, drive.pool)) };
    },
    async ({ tx, input, out }) => {
      const { drive, iso } = out.chosen ?? {};
      if (drive && iso) await giveUpCopy(tx, { poolId: drive.pool.id, templateId: input.isoId, templateReady: iso.ready });
    },
  )
  .hosts('copy', async ({ out, read, drivers }) => {
    const { drive, iso } = out.chosen;
    if (!drive || !iso || iso.ready) return;
    const host = await drivers.for(drive.hostId);
    await host.driver.mounts.ensure(host.address, drive.pool.mount);
    await bringToPool(drive.pool.mount, iso, host, read);
  })
  .hosts(
    'medium',
    async (step) => changeMedium(step.out.chosen.drive, step.out.chosen.iso?.path ?? null, step),
    async (step) => {
      if (step.out.chosen) await changeMedium(step.out.chosen.drive, step.out.chosen.before?.path ?? null, step);
    },
  )
  .rows('attached', async ({ tx, input, out }) => {
    const { drive, iso } = out.chosen;
    if (drive && iso && !iso.ready) await markTemplateReady(tx, input.isoId, drive.pool.id);
    await tx.update(VirtualMachine, { id: input.vmId }, { isoId: input.isoId });
  });

export const takeOutIso = saga<{ vmId: number }>('detachIso')
  .rows('found', async ({ tx, input }): Promise<Pick<Change, 'drive' | 'before'>> => {
    const vm = await getVm(tx, input.vmId);
    return { drive: await driveOf(tx, vm), before: await isoIn(tx, vm) };
  })
  .hosts(
    'medium',
    async (step) => changeMedium(step.out.found.drive, null, step),
    async (step) => {
      if (step.out.found?.before) await changeMedium(step.out.found.drive, step.out.found.before.path, step);
    },
  )
  .rows('detached', async ({ tx, input }) => {
    await tx.update(VirtualMachine, { id: input.vmId }, { isoId: null });
  });

async function isoIn(tx: EntityManager, { isoId }: VirtualMachine): Promise<Change['before']> {
  if (isoId === null) return null;
  const iso = await tx.findOneByOrFail(Template, { id: isoId });
  return { isoId, path: templatePath(iso.uuid, 'ISO') };
}

/** @throws conflict while the machine is neither Running nor Stopped */
async function driveOf(tx: EntityManager, vm: VirtualMachine): Promise<Drive | null> {
  if (vm.state === 'Stopped') return null;
  if (vm.state !== 'Running' || vm.hostId === null)
    throw problem('conflict', `virtual machine ${vm.displayName} is ${vm.state}: its drive is changed only while it is Running or Stopped`);
  const [pool] = await tx.query<{ id: number; uuid: string; server: string; path: string }[]>(
    'SELECT p.id, p.uuid, p.server, p.path FROM volume v JOIN storage_pool p ON p.id = v.pool_id WHERE v.vm_id = ? ORDER BY v.device_id LIMIT 1',
    [vm.id],
  );
  if (!pool) throw problem('conflict', `virtual machine ${vm.displayName} has no root disk`);
  const { id, ...mount } = pool;
  return { name: instanceNameOf(vm.accountId, vm.id), hostId: vm.hostId, pool: { id, zoneId: vm.zoneId, mount } };
}

async function changeMedium(
  drive: Drive | null,
  path: string | null,
  { drivers }: Pick<HostsStep<unknown, object>, 'drivers'>,
): Promise<void> {
  if (!drive) return;
  const mount: MountSpec = drive.pool.mount;
  const { driver, address } = await drivers.for(drive.hostId);
  await driver.changeMedia(address, drive.name, path === null ? null : { mount, path });
}
